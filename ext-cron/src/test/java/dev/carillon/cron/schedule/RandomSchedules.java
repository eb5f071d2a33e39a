package dev.carillon.cron.schedule;

import java.util.Random;

/** Schedule text and instants from a seed: every form of the grammar, every corner, and text that is nearly right. */
final class RandomSchedules {
    private static final String[] MONTHS = {
        "JAN", "feb", "Mar", "APR", "may", "JUN", "jul", "AUG", "Sep", "OCT", "nov", "DEC"
    };
    private static final String[] WEEKDAYS = {"SUN", "mon", "Tue", "WED", "thu", "FRI", "Sat"};
    private static final String[] NUMBERS = {}; // a field without names
    private static final String NOISE = "*,-/#LWlw 0123456789?\tMONjan\u00a0\n";
    private static final long SPAN_MILLIS = 400L * 365 * 86_400_000; // 1770 to 2170

    private final Random random;

    RandomSchedules(long seed) {
        random = new Random(seed);
    }

    String text() {
        var text = field(0, 59, NUMBERS)
                + blank()
                + field(0, 23, NUMBERS)
                + blank()
                + dayOfMonth()
                + blank()
                + field(1, 12, MONTHS)
                + blank()
                + dayOfWeek();
        return random.nextInt(5) == 0 ? damaged(text) : text;
    }

    long instantMillis() {
        long millis = (long) (random.nextDouble() * SPAN_MILLIS) - SPAN_MILLIS / 2;
        return switch (random.nextInt(4)) {
            case 0 -> millis - Math.floorMod(millis, 60_000L);
            case 1 -> millis - Math.floorMod(millis, 86_400_000L) - random.nextInt(2);
            default -> millis;
        };
    }

    private String blank() {
        return random.nextInt(30) == 0 ? "  \t" : " ";
    }

    private String dayOfMonth() {
        return switch (random.nextInt(12)) {
            case 0 -> "L";
            case 1 -> "LW";
            case 2 -> "L-" + between(0, 31);
            case 3 -> "L-" + between(0, 31) + "W";
            case 4 -> between(0, 32) + "W";
            case 5, 6, 7 -> "*";
            default -> field(1, 31, NUMBERS);
        };
    }

    private String dayOfWeek() {
        return switch (random.nextInt(10)) {
            case 0 -> "L";
            case 1 -> value(1, 7, WEEKDAYS) + "L";
            case 2 -> value(1, 7, WEEKDAYS) + "#" + between(0, 6);
            case 3, 4, 5, 6 -> "*";
            default -> field(1, 7, WEEKDAYS);
        };
    }

    private String field(int min, int max, String[] names) {
        if (random.nextInt(3) == 0) {
            return "*";
        }
        var list = new StringBuilder(item(min, max, names));
        while (random.nextInt(4) == 0) {
            list.append(',').append(item(min, max, names));
        }
        return list.toString();
    }

    private String item(int min, int max, String[] names) {
        var base = switch (random.nextInt(6)) {
            case 0 -> "*";
            case 1, 2 -> value(min, max, names) + "-" + value(min, max, names);
            default -> value(min, max, names);
        };
        return random.nextInt(3) == 0 ? base + "/" + between(1, max - min + (random.nextInt(20) == 0 ? 1 : 0)) : base;
    }

    private String value(int min, int max, String[] names) {
        int value = random.nextInt(60) == 0 ? max + 1 : between(min, max);
        if (names.length > 0 && value <= max && random.nextBoolean()) {
            return names[value - min];
        }
        return random.nextInt(8) == 0 ? "%02d".formatted(value) : Integer.toString(value);
    }

    private int between(int min, int max) {
        return min + random.nextInt(max - min + 1);
    }

    private String damaged(String text) {
        var damaged = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(damaged.length());
            char noise = NOISE.charAt(random.nextInt(NOISE.length()));
            switch (random.nextInt(3)) {
                case 0 -> damaged.insert(at, noise);
                case 1 -> damaged.setCharAt(at, noise);
                default -> damaged.deleteCharAt(at);
            }
        }
        return damaged.toString();
    }
}
