package dev.carillon.scheduler;

/** A schedule in plain words. */
public final class ScheduleWords {
    private ScheduleWords() {}

    public static String of(String text) {
        return text;
    }
}
