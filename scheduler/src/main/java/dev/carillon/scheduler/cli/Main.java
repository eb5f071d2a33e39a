package dev.carillon.scheduler.cli;

import dev.carillon.runtime.JsError;
import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.engine.Inspector;
import dev.carillon.scheduler.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code carillon <command>}: 0 ok, 1 script or run-time failure, 2 wrong usage or configuration.
 *
 * <p>Help is plain text under {@code help/}, one file per command, so that the launcher can show it without a JVM.
 */
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private static final List<String> COMMANDS =
            List.of("run", "serve", "next", "check", "jobs", "runs", "logs", "trigger", "pause", "resume");

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        int code = new Main(System.out, System.err).run(Arrays.asList(args));
        System.out.flush();
        // Not exit: it would start the logging system only to log that the process ends.
        Runtime.getRuntime().halt(code);
    }

    int run(List<String> args) {
        try {
            return dispatch(args);
        } catch (Usage e) {
            err.println("error: " + e.getMessage());
            return WRONG_USAGE;
        } catch (JsError e) {
            err.println("error: " + e.report());
            return FAILED;
        }
    }

    private int dispatch(List<String> args) {
        if (args.isEmpty()) {
            return help("carillon");
        }
        var command = args.getFirst();
        var rest = args.subList(1, args.size());
        return switch (command) {
            case "run" -> new RunCommand(this).run(rest);
            case "serve" -> serve(rest);
            case "next" -> Options.call(this, command, new NextCommand(this), rest);
            case "check" -> check(rest);
            case "jobs" -> Options.call(this, command, new ClientCommand.Jobs(this), rest);
            case "runs" -> Options.call(this, command, new ClientCommand.Runs(this), rest);
            case "logs" -> Options.call(this, command, new ClientCommand.Logs(this), rest);
            case "trigger", "pause", "resume" ->
                Options.call(this, command, new ClientCommand.Act(this, command), rest);

            case "warm-up" -> new WarmUp(this).run();
            case "help" -> rest.isEmpty() ? help("carillon") : help(rest.getFirst());
            case "-h", "--help" -> help("carillon");
            case "-V", "--version", "version" -> version();
            default ->
                throw Usage.unknown(
                        command.startsWith("-") ? "option" : "command",
                        command,
                        command.startsWith("-") ? List.of("--help", "--version") : COMMANDS,
                        "carillon --help");
        };
    }

    private int serve(List<String> args) {
        var command = new ServeCommand(this);
        var rest = new ArrayList<String>();
        for (var arg : args) {
            if (Inspector.isFlag(arg)) {
                command.inspector(inspector(arg, "serve"));
            } else {
                rest.add(arg);
            }
        }
        return Options.call(this, "serve", command, withoutPermissions("serve", command.permissions(), rest));
    }

    private int check(List<String> args) {
        var command = new CheckCommand(this);
        return Options.call(this, "check", command, withoutPermissions("check", command.permissions(), args));
    }

    static Inspector inspector(String flag, String command) {
        try {
            return Inspector.parse(flag);
        } catch (IllegalArgumentException e) {
            throw new Usage(flag + ": " + e.getMessage() + ". See: carillon " + command + " --help");
        }
    }

    /** Takes out Deno's permission flags, which have a form of their own. */
    private static List<String> withoutPermissions(String name, PermissionFlags permissions, List<String> args) {
        var rest = new ArrayList<String>();
        for (var arg : args) {
            try {
                if (!permissions.accept(arg) && !arg.startsWith("--unstable")) {
                    rest.add(arg);
                }
            } catch (RuntimeException e) {
                throw new Usage(arg + ": " + e.getMessage() + ". See: carillon " + name + " --help");
            }
        }
        return rest;
    }

    int help(String command) {
        var text = helpText(command);
        if (text == null) {
            throw Usage.unknown("command", command, COMMANDS, "carillon --help");
        }
        out.print(text);
        return OK;
    }

    static @Nullable String helpText(String command) {
        if (!command.equals("carillon") && !COMMANDS.contains(command)) {
            return null;
        }
        try (var text = Main.class.getResourceAsStream("/help/" + command + ".txt")) {
            return text == null ? null : new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private int version() {
        out.println("carillon " + Version.TEXT + " (Java " + Runtime.version() + ")");
        return OK;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    static List<String> commands() {
        return new ArrayList<>(COMMANDS);
    }
}
