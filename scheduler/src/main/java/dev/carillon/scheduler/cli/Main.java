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
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code carillon <command>}: 0 ok, 1 script or run-time failure, 2 wrong usage or configuration.
 *
 * <p>Help is plain text under {@code help/}, one file per command, so that the launcher can show it without a JVM.
 */
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    /** Ends the process in order, hooks and all. */
    static final int EXIT_BY_HOOKS = -1;

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
        if (code == EXIT_BY_HOOKS) {
            System.exit(OK);
        }
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
            case "next" -> execute(command, new NextCommand(this), rest);
            case "check" -> check(rest);
            case "jobs" -> execute(command, new ClientCommand.Jobs(this), rest);
            case "runs" -> execute(command, new ClientCommand.Runs(this), rest);
            case "logs" -> execute(command, new ClientCommand.Logs(this), rest);
            case "trigger", "pause", "resume" -> execute(command, new ClientCommand.Act(this, command), rest);

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
        return execute("serve", command, withoutPermissions("serve", command.permissions(), rest));
    }

    private int check(List<String> args) {
        var command = new CheckCommand(this);
        return execute("check", command, withoutPermissions("check", command.permissions(), args));
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

    private int execute(String name, Callable<Integer> command, List<String> args) {
        if (args.contains("--help") || args.contains("-h")) {
            return help(name);
        }
        var line = new CommandLine(command);
        line.setCommandName(name);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        try {
            line.parseArgs(args.toArray(String[]::new));
        } catch (ParameterException e) {
            throw explain(name, e);
        }
        try {
            return command.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (Exception e) {
            throw new IllegalStateException("commands throw nothing else", e);
        }
    }

    private static Usage explain(String name, ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched
                && unmatched.getUnmatched().getFirst().startsWith("-")) {
            var known = new TreeSet<>(
                    e.getCommandLine().getCommandSpec().optionsMap().keySet());
            known.add("--help");
            var got = unmatched.getUnmatched().getFirst();
            int equals = got.indexOf('=');
            return Usage.unknown(
                    "option", equals < 0 ? got : got.substring(0, equals), known, "carillon " + name + " --help");
        }
        var message = String.valueOf(e.getMessage());
        return new Usage(message.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + message.substring(1)
                + ". See: carillon " + name + " --help");
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
