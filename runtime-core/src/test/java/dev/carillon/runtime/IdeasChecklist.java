package dev.carillon.runtime;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The ids of the founding ideas: five source texts, the ideas of each counted from 1. */
final class IdeasChecklist {
    static final Pattern ID = Pattern.compile("S\\d\\.\\d+");
    private static final int[] IDEAS_PER_SOURCE = {14, 14, 12, 16, 11};

    private IdeasChecklist() {}

    static List<String> ids() {
        return IntStream.range(0, IDEAS_PER_SOURCE.length)
                .boxed()
                .flatMap(source -> IntStream.rangeClosed(1, IDEAS_PER_SOURCE[source])
                        .mapToObj(number -> "S" + source + "." + number))
                .toList();
    }

    /** Sorts ids by source, then by number. */
    static int order(String id) {
        var parts = id.substring(1).split("\\.");
        return Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]);
    }
}
