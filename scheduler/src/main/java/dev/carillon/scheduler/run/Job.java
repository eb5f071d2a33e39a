package dev.carillon.scheduler.run;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.cron.schedule.InvalidSchedule;
import dev.carillon.scheduler.run.RunStore.JobRecord;
import dev.carillon.scheduler.run.RunStore.Skip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the recorder knows of one job.
 *
 * <p>Threads: any, under its own lock.
 */
final class Job {
    /*
     * Invariant: every occurrence up to `accounted` has its row, or its row is on the way to the store. Whoever moves
     * `accounted` on writes rows for what lies between, so no occurrence is passed over and none is told twice.
     */
    final JobKey key;
    private final byte[] fingerprint;
    private final List<RecordingCronHandle> live = new ArrayList<>();
    private @Nullable CronSchedule schedule;
    private JobRecord record;
    /** Up to here no process of this node could have loaded the script. */
    private final Instant downUntil;

    /** From here on a script of this node has had it. */
    private Instant liveSince = Instant.MIN;

    /** This node has had a run of it since then. */
    private boolean taken;

    private Instant accounted;
    /** Since when no node is known to have it; null while one has, or it is retired. */
    private @Nullable Instant missingSince;
    /** The look at the store its state is from; what an earlier look brings is older. */
    private long asOf;

    /** A script of this node has given it up: with the last node that has it, it goes. */
    private boolean givenUp;

    Job(JobRecord record, Instant accounted, Instant downUntil) {
        this.key = record.key();
        this.fingerprint = RunId.fingerprint(key);
        this.record = record;
        this.accounted = accounted;
        this.downUntil = downUntil;
        this.schedule = parse(record.schedule());
    }

    synchronized JobRecord record() {
        return record;
    }

    synchronized JobState state() {
        return record.state();
    }

    RunId runId(Instant scheduledTime) {
        return RunId.of(fingerprint, scheduledTime);
    }

    synchronized boolean isLive() {
        return !live.isEmpty();
    }

    /** Oldest first: while a script is reloaded, both versions' are here. */
    synchronized List<RecordingCronHandle> handles() {
        return List.copyOf(live);
    }

    synchronized void remove(RecordingCronHandle handle) {
        live.remove(handle);
    }

    /**
     * A script registers the job; its old occurrences are settled by the old schedule first.
     *
     * @param clustered other nodes may have seen to what passed
     */
    synchronized List<Skip> register(
            RecordingCronHandle handle,
            CronSchedule newSchedule,
            List<Duration> backoff,
            Instant now,
            String node,
            boolean clustered) {
        List<Skip> skips = List.of();
        if (live.isEmpty() && !clustered) {
            skips = record.state() == JobState.RETIRED ? List.of() : skipsUntil(now, Reason.SCRIPT_NOT_LOADED, node);
        }
        boolean anew =
                record.state() == JobState.RETIRED || !newSchedule.toString().equals(record.schedule());
        if (live.isEmpty()) {
            liveSince = now;
            taken = false;
        }
        schedule = newSchedule;
        givenUp = false;
        live.add(handle);
        if (anew) {
            accounted = max(accounted, now);
        }
        var state = record.state() == JobState.RETIRED ? JobState.ACTIVE : record.state();
        boolean changed = state != record.state() || !newSchedule.toString().equals(record.schedule());
        record = new JobRecord(key, newSchedule.toString(), backoff, state, changed ? now : record.since());
        return skips;
    }

    /**
     * Sets the state; what passed before is settled under the old one. A job that a script registers is not retired.
     *
     * @param clustered other nodes may see to what has passed
     * @param look the next one at the store
     * @return null if nothing changes
     */
    synchronized @Nullable List<Skip> become(JobState state, Instant now, String node, boolean clustered, long look) {
        asOf = look;
        if (record.state() == state || state == JobState.RETIRED && !live.isEmpty()) {
            return null;
        }
        var skips = live.isEmpty() && record.state() != JobState.RETIRED && !clustered
                ? skipsUntil(now, Reason.SCRIPT_NOT_LOADED, node)
                : List.<Skip>of();
        record = new JobRecord(key, record.schedule(), record.backoff(), state, record.since());
        return skips;
    }

    /**
     * Takes over what another node has written of the job; true if that is otherwise than here.
     *
     * @param look the one at the store that has found it
     */
    synchronized boolean adopt(JobRecord written, Instant now, long look) {
        if (look < asOf) {
            return false;
        }
        asOf = look;
        boolean sameSchedule = written.schedule().equals(record.schedule());
        boolean changed = !sameSchedule || written.state() != record.state();
        if (live.isEmpty()) {
            if (!sameSchedule) {
                schedule = parse(written.schedule());
                accounted = max(accounted, written.since());
            }
            record = written;
            return changed;
        }
        if (!sameSchedule) {
            accounted = max(accounted, now); // another definition is in force: what passes is told by its nodes
        }
        if (written.state() != JobState.RETIRED) {
            record = new JobRecord(key, record.schedule(), record.backoff(), written.state(), record.since());
        }
        return changed;
    }

    /** A script of this node has given it up. */
    synchronized void giveUp() {
        givenUp = live.isEmpty();
    }

    synchronized boolean isGivenUp() {
        return givenUp;
    }

    /**
     * Somebody has looked who has it.
     *
     * @return for how long nobody has had it; zero if somebody has
     */
    synchronized Duration missing(boolean nobodyHasIt, Instant now) {
        if (!nobodyHasIt) {
            missingSince = null;
            return Duration.ZERO;
        }
        if (missingSince == null) {
            missingSince = now;
        }
        return Duration.between(missingSince, now);
    }

    /** Rows for every occurrence not yet told of, up to and including {@code until}. */
    synchronized List<Skip> skipsUntil(Instant until, Reason reason, String node) {
        if (schedule == null || !until.isAfter(accounted)) {
            return List.of();
        }
        var skips = Occurrences.between(schedule, accounted, until).stream()
                .map(due -> new Skip(runId(due), key, due, because(due, reason), node))
                .toList();
        accounted = until;
        return skips;
    }

    private Reason because(Instant due, Reason given) {
        if (record.state() == JobState.PAUSED) {
            return Reason.PAUSED;
        }
        // What no other node of a cluster saw to before this one had the job is told of when it first claims it.
        boolean before = (given == Reason.STARTED_LATE || given == Reason.RETRY_PENDING) && !due.isAfter(liveSince);
        var reason = before ? Reason.SCRIPT_NOT_LOADED : given;
        boolean absent = reason == Reason.SCRIPT_NOT_LOADED || reason == Reason.HANDLER_MISSING;
        return absent && !due.isAfter(downUntil) ? Reason.SERVICE_DOWN : reason;
    }

    /**
     * Other nodes have told of what was due until then, unless this is the first run since a script of this node has the
     * job: there may not have been another.
     */
    synchronized void toldElsewhere(Instant until) {
        if (taken) {
            accounted = max(accounted, until);
        }
        taken = true;
    }

    /** An occurrence is about to run; rows for those before it that nobody told of. */
    synchronized List<Skip> claim(Instant scheduledTime, Reason reason, String node) {
        var skips = skipsUntil(scheduledTime.minusMillis(1), reason, node);
        accounted = max(accounted, scheduledTime);
        return skips;
    }

    /** The first occurrence nobody told of yet. */
    synchronized Optional<Instant> nextUntold() {
        return schedule == null ? Optional.empty() : schedule.nextAfter(accounted);
    }

    /**
     * When it is due next, as far as the schedule says.
     *
     * @param elsewhere other nodes have it
     */
    synchronized @Nullable Instant nextFireTime(Instant now, boolean elsewhere) {
        return schedule == null || live.isEmpty() && !elsewhere || record.state() != JobState.ACTIVE
                ? null
                : schedule.nextAfter(now).orElse(null);
    }

    private static @Nullable CronSchedule parse(String text) {
        try {
            return CronSchedule.parseWithSeconds(text);
        } catch (InvalidSchedule e) {
            return null; // written by a Carillon that understood more: the script will register it anew or not at all
        }
    }

    private static Instant max(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
