package dev.carillon.scheduler.cli;

import dev.carillon.runtime.OutputSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Standard output and error of this process, for what a script prints: at once, in UTF-8. */
final class Terminal implements OutputSink {
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);

    @Override
    public void write(Level level, String text, long scope) {
        try {
            (level.isError() ? err : out).write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Nobody reads any more (a closed pipe): the script need not know.
        }
    }

    /** Whether colours are wanted: by NO_COLOR and FORCE_COLOR first, else if somebody looks. */
    static boolean colors() {
        if (present("NO_COLOR")) {
            return false;
        }
        if (present("FORCE_COLOR")) {
            return true;
        }
        var console = System.console();
        return console != null && console.isTerminal();
    }

    private static boolean present(String variable) {
        var value = System.getenv(variable);
        return value != null && !value.isEmpty();
    }
}
