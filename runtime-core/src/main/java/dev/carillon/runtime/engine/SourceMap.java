package dev.carillon.runtime.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where each piece of a transpiled module came from: a version 3 source map with one source, decoded.
 *
 * <p>Lines and columns count from 1. Threads: immutable.
 */
final class SourceMap {
    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /** Index of each generated line's first mapping; one more entry than lines. */
    private final int[] lineStarts;
    /** Three numbers each: generated column, original line, original column, from 0; in generated order. */
    private final int[] mappings;

    private SourceMap(int[] lineStarts, int[] mappings) {
        this.lineStarts = lineStarts;
        this.mappings = mappings;
    }

    /** A place in a source text. */
    record Position(int line, int column) {}

    /** Where a piece of the running code stands, and where it came from. */
    record Mapping(Position running, Position original) {}

    /**
     * @param encoded the {@code mappings} of the map
     * @throws IllegalArgumentException if it is not well formed
     */
    static SourceMap decode(String encoded) {
        var lines = new int[16];
        var out = new int[Math.max(16, encoded.length())];
        int lineCount = 1;
        int count = 0;
        int column = 0;
        int[] state = new int[4]; // source, line, column, name: each relative to the mapping before
        int at = 0;
        while (at < encoded.length()) {
            char c = encoded.charAt(at);
            if (c == ';') {
                if (lineCount == lines.length) {
                    lines = Arrays.copyOf(lines, lines.length * 2);
                }
                lines[lineCount++] = count;
                column = 0;
                at++;
            } else if (c == ',') {
                at++;
            } else {
                int field = 0;
                for (; at < encoded.length() && encoded.charAt(at) != ',' && encoded.charAt(at) != ';'; field++) {
                    int value = 0;
                    int digit;
                    int shift = 0;
                    do {
                        digit = at < encoded.length() ? DIGITS.indexOf(encoded.charAt(at++)) : -1;
                        if (digit < 0 || shift > 30) {
                            throw new IllegalArgumentException("bad source map at character " + at);
                        }
                        value |= (digit & 31) << shift;
                        shift += 5;
                    } while ((digit & 32) != 0);
                    value = (value & 1) == 0 ? value >>> 1 : -(value >>> 1);
                    if (field == 0) {
                        column += value;
                    } else if (field <= 4) {
                        state[field - 1] += value;
                    }
                }
                if (field >= 4) {
                    if (count * 3 + 3 > out.length) {
                        out = Arrays.copyOf(out, out.length * 2);
                    }
                    out[count * 3] = column;
                    out[count * 3 + 1] = state[1];
                    out[count * 3 + 2] = state[2];
                    count++;
                }
            }
        }
        lines = Arrays.copyOf(lines, lineCount + 1);
        lines[lineCount] = count;
        return new SourceMap(lines, Arrays.copyOf(out, count * 3));
    }

    /**
     * The original place of a generated one: that of the last mapping at or before it on its line.
     *
     * @return empty for text the transpiler added
     */
    Optional<Position> original(int line, int column) {
        if (line < 1 || line >= lineStarts.length) {
            return Optional.empty();
        }
        int low = lineStarts[line - 1];
        int high = lineStarts[line];
        if (low == high) {
            return Optional.empty();
        }
        int first = low;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (mappings[middle * 3] <= column - 1) {
                low = middle;
            } else {
                high = middle;
            }
        }
        // Text before a line's first mapping is indentation of the printer's.
        int index = Math.max(low, first);
        return Optional.of(new Position(mappings[index * 3 + 1] + 1, mappings[index * 3 + 2] + 1));
    }

    /** All of it, in the order of the running code. */
    List<Mapping> all() {
        var all = new ArrayList<Mapping>(mappings.length / 3);
        for (int line = 1; line < lineStarts.length; line++) {
            for (int i = lineStarts[line - 1]; i < lineStarts[line]; i++) {
                all.add(new Mapping(
                        new Position(line, mappings[i * 3] + 1),
                        new Position(mappings[i * 3 + 1] + 1, mappings[i * 3 + 2] + 1)));
            }
        }
        return all;
    }

    /**
     * The {@code mappings} of a map, which {@link #decode} reads.
     *
     * @param all in the order of the running code
     */
    static String encode(List<Mapping> all) {
        var out = new StringBuilder();
        var running = new Position(1, 1);
        var original = new Position(1, 1);
        for (var mapping : all) {
            if (mapping.running.line > running.line) {
                out.repeat(';', mapping.running.line - running.line);
                running = new Position(mapping.running.line, 1);
            } else if (!out.isEmpty()) {
                out.append(',');
            }
            digits(mapping.running.column - running.column, out);
            digits(0, out); // the one source
            digits(mapping.original.line - original.line, out);
            digits(mapping.original.column - original.column, out);
            running = mapping.running;
            original = mapping.original;
        }
        return out.toString();
    }

    private static void digits(int value, StringBuilder out) {
        int rest = value < 0 ? -value << 1 | 1 : value << 1;
        do {
            int digit = rest & 31;
            rest >>>= 5;
            out.append(DIGITS.charAt(rest == 0 ? digit : digit | 32));
        } while (rest != 0);
    }
}
