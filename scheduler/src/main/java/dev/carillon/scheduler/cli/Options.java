package dev.carillon.scheduler.cli;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Commands whose options picocli reads. Apart from {@link Main}, because {@code run} starts without that library. */
final class Options {
    private Options() {}

    static int call(Main main, String name, Callable<Integer> command, List<String> args) {
        if (args.contains("--help") || args.contains("-h")) {
            return main.help(name);
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
            return Main.FAILED;
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
        return new Usage(message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1) + ". See: carillon "
                + name + " --help");
    }
}
