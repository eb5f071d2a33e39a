package dev.carillon.scheduler.cli;

import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Asks the person at the terminal when a script wants what no flag decides. End of input is a no.
 *
 * <p>Threads: the runtime thread, which waits for the answer.
 */
final class PermissionPrompt implements Permissions.Prompter {
    private final BufferedReader answers;
    private final PrintStream out;

    PermissionPrompt(BufferedReader answers, PrintStream out) {
        this.answers = answers;
        this.out = out;
    }

    /** The prompt of this process, or null when nobody is there to answer. */
    static @Nullable PermissionPrompt ofTerminal() {
        var console = System.console();
        if (console == null || !console.isTerminal()) {
            return null;
        }
        return new PermissionPrompt(
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    @Override
    public Answer ask(Kind kind, @Nullable String what, @Nullable String api) {
        var flag = kind.flag();
        var wanted = flag + " access"
                + (what == null ? "" : what.startsWith("<") ? " to " + what : " to \"" + visible(what) + "\"");
        out.println("\u250f \u26a0\ufe0f  The script requests " + wanted + ".");
        if (api != null) {
            out.println("\u2520\u2500 Requested by `" + visible(api) + "` API.");
        }
        out.println("\u2520\u2500 Run again with --allow-" + flag + " to bypass this prompt.");
        while (true) {
            out.print(
                    "\u2517 Allow? [y/n/A] (y = yes, allow; n = no, deny; A = allow all " + flag + " permissions) > ");
            out.flush();
            switch (line()) {
                case "y", "Y" -> {
                    out.println("\u2705 Granted " + wanted + ".");
                    return Answer.ALLOW;
                }
                case "A" -> {
                    out.println("\u2705 Granted all " + flag + " access.");
                    return Answer.ALLOW_ALL;
                }
                case "n", "N" -> {
                    out.println("\u274c Denied " + wanted + ".");
                    return Answer.DENY;
                }
                default -> out.println("\u2520\u2500 Unrecognized option.");
            }
        }
    }

    private String line() {
        try {
            var line = answers.readLine();
            return line == null ? "n" : line.strip();
        } catch (IOException e) {
            return "n";
        }
    }

    /** A script chooses these texts: it must not be able to rewrite the question with control characters. */
    private static String visible(String text) {
        var shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format("\\u{%x}", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
