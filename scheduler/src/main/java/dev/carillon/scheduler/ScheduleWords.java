package dev.carillon.scheduler;

/** A schedule in plain words. */
final class ScheduleWords {
    private ScheduleWords() {}

    static String of(String text) {
        return text;
    }
}
