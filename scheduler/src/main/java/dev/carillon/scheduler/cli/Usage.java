package dev.carillon.scheduler.cli;

import dev.carillon.scheduler.NearestWord;
import java.util.Collection;

/** The command line, or what it names, is wrong: one sentence for standard error and exit code 2. */
final class Usage extends RuntimeException {
    Usage(String message) {
        super(message, null, false, false);
    }

    /** What was wrong, and the nearest of what would have been right. */
    static Usage unknown(String what, String got, Collection<String> known, String help) {
        var hint = NearestWord.to(got, known)
                .map(near -> ", did you mean '" + near + "'?")
                .orElse(".");
        return new Usage("unknown " + what + " '" + got + "'" + hint + " See: " + help);
    }
}
