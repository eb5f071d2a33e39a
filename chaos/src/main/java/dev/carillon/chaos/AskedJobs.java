package dev.carillon.chaos;

import dev.carillon.chaos.JobHistory.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What was asked of every job so far. The last jobs are the ones that are edited by new revisions of the script, those
 * before them the ones that are paused; all others are due by one schedule from beginning to end.
 */
final class AskedJobs {
    static final String OTHER_SCHEDULE = "*/2 * * * * *";

    private static final int EDITED = 5;
    private static final int PAUSED = 5;

    private final Jobs jobs;
    private final int count;
    private final List<List<Change>> changes = new ArrayList<>();
    private int revision;

    /**
     * @param jobs all of them
     * @param from when the first of them may have been due, for the first time
     * @param until when all of them are
     */
    AskedJobs(Jobs jobs, Instant from, Instant until) {
        this.jobs = jobs;
        this.count = jobs.count();
        if (count < 2 * (EDITED + PAUSED)) {
            throw new IllegalArgumentException(
                    count + " jobs are too few to edit some and pause others: take " + 2 * (EDITED + PAUSED));
        }
        for (int i = 0; i < count; i++) {
            changes.add(new ArrayList<>(List.of(new Change(from, until, jobs.schedule(i)))));
        }
    }

    /** The first job that new revisions of the script edit. */
    static int firstEdited(int count) {
        return count - EDITED;
    }

    static String id(int job) {
        return Node.SCRIPT + "/job " + job;
    }

    int nextRevision() {
        return ++revision;
    }

    /** The revision is now on every node. */
    void edited(Instant from, Instant until) {
        for (int i = firstEdited(count); i < count; i++) {
            changes.get(i).add(new Change(from, until, revision % 2 == 1 ? OTHER_SCHEDULE : jobs.schedule(i)));
        }
    }

    /** Jobs that may be paused. */
    List<Integer> pausable() {
        var jobs = new ArrayList<Integer>();
        for (int i = firstEdited(count) - PAUSED; i < firstEdited(count); i++) {
            jobs.add(i);
        }
        return jobs;
    }

    void paused(int job, Instant from, Instant until) {
        changes.get(job).add(new Change(from, until, ""));
    }

    void resumed(int job, Instant from, Instant until) {
        changes.get(job).add(new Change(from, until, jobs.schedule(job)));
    }

    List<JobHistory> histories() {
        var histories = new ArrayList<JobHistory>();
        for (int i = 0; i < count; i++) {
            histories.add(new JobHistory(id(i), changes.get(i)));
        }
        return histories;
    }
}
