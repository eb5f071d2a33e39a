package dev.carillon.runtime.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine lets a debugger in: Chrome's developer tools, or whatever else speaks their protocol. GraalVM's inspector
 * listens on the loopback address only: whoever reaches it can run code in the scripts.
 *
 * @param port 0 takes one that is free
 * @param start what happens before the first line of a script
 */
public record Inspector(int port, Start start) {
    /** As Deno and Node.js have it. */
    public static final int PORT = 9229;

    private static final int PORT_MAX = 65_535;
    private static final Pattern ADDRESS =
            Pattern.compile("(?:(?<host>\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+):)?(?<port>[0-9]{1,5})");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.0\\.0\\.1|\\[::1]");

    /** No debugger can be let in; the message says why, in one sentence. */
    public static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** When a script runs. */
    public enum Start {
        /** At once. */
        AT_ONCE("--inspect"),
        /** When a debugger has attached. */
        ATTACHED("--inspect-wait"),
        /** When a debugger has attached, and then only as far as the first line. */
        PAUSED("--inspect-brk");

        private final String flag;

        Start(String flag) {
            this.flag = flag;
        }
    }

    /**
     * Reads a flag as Deno has it: {@code --inspect}, {@code --inspect-wait} or {@code --inspect-brk}, each also with
     * {@code =[host:]port}.
     *
     * @throws IllegalArgumentException if it is none of them; the message says why
     */
    public static Inspector parse(String argument) {
        int equals = argument.indexOf('=');
        var flag = equals < 0 ? argument : argument.substring(0, equals);
        for (var start : Start.values()) {
            if (start.flag.equals(flag)) {
                return equals < 0 ? new Inspector(PORT, start) : at(argument.substring(equals + 1), start);
            }
        }
        throw new IllegalArgumentException("'" + flag + "' is none of --inspect, --inspect-wait, --inspect-brk");
    }

    /** Whether an argument is one {@link #parse} is for. */
    public static boolean isFlag(String argument) {
        return argument.equals("--inspect") || argument.startsWith("--inspect=") || argument.startsWith("--inspect-");
    }

    private static Inspector at(String address, Start start) {
        var match = ADDRESS.matcher(address);
        if (!match.matches() || Integer.parseInt(match.group("port")) > PORT_MAX) {
            throw new IllegalArgumentException("'" + address
                    + "' is no address to listen at: write a port, or host:port, such as 127.0.0.1:" + PORT);
        }
        var host = match.group("host");
        if (host != null && !LOOPBACK.matcher(host).matches()) {
            throw new IllegalArgumentException("the debugger listens on this machine only, not on " + host
                    + ": from another machine, go through ssh -L " + match.group("port") + ":127.0.0.1:"
                    + match.group("port"));
        }
        return new Inspector(Integer.parseInt(match.group("port")), start);
    }

    /** GraalVM's inspector would say that it listens, after a minute, although it does not. */
    void checkFree() {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (IOException e) {
            throw new Unavailable(
                    "the debugger cannot listen on port " + port + ": " + e.getMessage()
                            + ". Choose another with --inspect=<port>, 0 for one that is free",
                    e);
        }
    }
}
