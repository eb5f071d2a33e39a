package dev.carillon.cron.schedule;

/**
 * Text that is no schedule. The message opens with Deno's words and goes on with the field, the value, its bound and
 * the text: {@code Invalid cron schedule: minute 61 is not in 0-59 ('61 * * * *')}.
 */
public final class InvalidSchedule extends IllegalArgumentException {
    private static final int TEXT_SHOWN_MAX = 100; // chars; a message is one line, whatever the script passed

    private final String reason;
    private final String text;

    InvalidSchedule(String reason, String text) {
        super("Invalid cron schedule: %s (%s)".formatted(reason, quoted(text)));
        this.reason = reason;
        this.text = text;
    }

    /** The message with the name of the cron that was to have this schedule. */
    public String messageFor(String cronName) {
        return "Invalid cron schedule: %s (cron %s, %s)".formatted(reason, quoted(cronName), quoted(text));
    }

    /** What is wrong, without Deno's opening words and without the text. */
    public String reason() {
        return reason;
    }

    /** In quotes, cut to a line's length, with characters nobody can see written as {@code U+XXXX}. */
    static String quoted(String text) {
        var shown = new StringBuilder("'");
        text.codePoints().limit(TEXT_SHOWN_MAX).forEach(point -> {
            if (visible(point)) {
                shown.appendCodePoint(point);
            } else {
                shown.append("U+%04X".formatted(point));
            }
        });
        if (text.codePointCount(0, text.length()) > TEXT_SHOWN_MAX) {
            shown.append("...");
        }
        return shown.append('\'').toString();
    }

    private static boolean visible(int point) {
        return point == ' '
                || !(Character.isISOControl(point)
                        || Character.isSpaceChar(point)
                        || Character.getType(point) == Character.FORMAT
                        || Character.getType(point) == Character.SURROGATE);
    }
}
