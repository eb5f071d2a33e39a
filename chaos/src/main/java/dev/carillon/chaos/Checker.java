package dev.carillon.chaos;

import dev.carillon.chaos.Findings.Takeover;
import dev.carillon.chaos.JobHistory.Duty;
import dev.carillon.chaos.JobHistory.Target;
import dev.carillon.chaos.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Grades what the sink saw and what the history tells against what the oracle says was due. Pure: same input, same
 * verdicts.
 */
public final class Checker {
    /*
     * Two passes that must agree.
     *
     * Identity: each sighting claims an occurrence; per occurrence the attempts are replayed in order of their start and
     * the first rule broken names the verdict.
     *
     * Blind: claims are ignored. Per job, first starts are matched to the windows of the targets: from due, less what a
     * clock may be ahead, to overdue, and longer by the time for which the whole cluster was hit.
     * Windows are intervals on a line, so taking, at each start, the open window that closes first is an optimal matching
     * (earliest deadline first); a target without a start is missed whatever the claims say.
     */
    private static final Duration TAKEOVER = Duration.ofSeconds(3); // what a fault may still do after it is over

    private final Settings settings;

    /**
     * @param epsilon a start later than this is {@link Kind#LATE}; also the uncertainty around changes
     * @param overdue a start later than this, not counting faults that hit every node, is {@link Kind#OVERDUE}, and no start at all for the blind pass
     * @param backoff waits between attempts the jobs were registered with
     * @param retryTolerance how much longer than its backoff step a retry may wait
     * @param end targets at or after it are not judged
     */
    public record Settings(
            Duration epsilon, Duration overdue, List<Duration> backoff, Duration retryTolerance, Instant end) {
        public Settings {
            backoff = List.copyOf(backoff);
        }
    }

    public Checker(Settings settings) {
        this.settings = settings;
    }

    public Findings check(List<JobHistory> jobs, List<Sighting> sightings, List<Recorded> history, List<Fault> faults) {
        var seen = new TreeMap<Occurrence, List<Sighting>>();
        for (var sighting : sightings) {
            seen.computeIfAbsent(sighting.occurrence(), key -> new ArrayList<>())
                    .add(sighting);
        }
        seen.values().forEach(list -> list.sort(Comparator.comparing(Sighting::started)));
        var recorded = new HashMap<Occurrence, Recorded>();
        history.forEach(row -> recorded.put(row.occurrence(), row));

        var verdicts = new TreeMap<Occurrence, Verdict>();
        var targets = new ArrayList<Target>();
        for (var job : jobs) {
            targets.addAll(job.targets(settings.end(), settings.epsilon()));
        }
        var busy = busy(seen);
        for (var target : targets) {
            var occurrence = target.occurrence();
            verdicts.put(
                    occurrence,
                    judge(
                            target,
                            seen.getOrDefault(occurrence, List.of()),
                            recorded.get(occurrence),
                            busy.getOrDefault(occurrence.job(), List.of()),
                            faults));
        }
        addPhantoms(jobs, seen, recorded, verdicts);
        addOverlaps(seen, verdicts);
        return new Findings(
                List.copyOf(verdicts.values()),
                takeovers(seen, faults),
                disagreements(targets, seen, verdicts, faults));
    }

    /** An attempt was lost and another node went on; a retry on another node is nothing special. */
    private static boolean isTakenOver(List<Sighting> attempts) {
        for (int i = 1; i < attempts.size(); i++) {
            var lost = attempts.get(i - 1);
            if (lost.ended() == null && !lost.node().equals(attempts.get(i).node())) {
                return true;
            }
        }
        return false;
    }

    /**
     * A run from its due time to its last end as the sink saw it, and until its node must have noticed: none other of its job
     * can start in that span.
     */
    private record Busy(Instant due, Instant until) {}

    private Map<String, List<Busy>> busy(Map<Occurrence, List<Sighting>> seen) {
        var busy = new HashMap<String, List<Busy>>();
        seen.forEach((occurrence, attempts) -> {
            var last = attempts.getLast();
            var until = last.ended() == null ? last.started().plus(settings.overdue()) : last.ended();
            busy.computeIfAbsent(occurrence.job(), key -> new ArrayList<>())
                    .add(new Busy(occurrence.scheduledTime(), until.plus(settings.epsilon())));
        });
        return busy;
    }

    private Verdict judge(
            Target target, List<Sighting> attempts, @Nullable Recorded recorded, List<Busy> busy, List<Fault> faults) {
        var occurrence = target.occurrence();
        if (attempts.isEmpty()) {
            return neverStarted(target, recorded, busy, faults);
        }
        var lateness =
                Duration.between(occurrence.scheduledTime(), attempts.getFirst().started());
        if (lateness.compareTo(settings.epsilon().negated()) < 0) {
            return new Verdict(occurrence, Kind.EARLY, "started " + lateness.negated() + " early", lateness);
        }
        boolean redone = false;
        for (int i = 1; i < attempts.size(); i++) {
            redone |= attempts.get(i - 1).succeeded();
            var broken = sequenceFault(attempts.get(i - 1), attempts.get(i), recorded, faults);
            if (broken.isPresent()) {
                return new Verdict(occurrence, broken.get().kind(), broken.get().detail(), lateness);
            }
        }
        var told = historyFault(attempts, recorded);
        if (told.isPresent()) {
            return new Verdict(occurrence, told.get().kind(), told.get().detail(), lateness);
        }
        if (attempts.getLast().ended() == null && !resolved(recorded)) {
            return new Verdict(
                    occurrence, Kind.ORPHAN, "started on " + attempts.getLast().node() + ", never ended", lateness);
        }
        if (attempts.getFirst().started().isAfter(latest(occurrence.scheduledTime(), faults))) {
            return new Verdict(occurrence, Kind.OVERDUE, "started " + lateness + " late", lateness);
        }
        var kind = redone
                ? Kind.REDONE
                : isTakenOver(attempts)
                        ? Kind.TAKEN_OVER
                        : lateness.compareTo(settings.epsilon()) > 0 ? Kind.LATE : Kind.OK;
        return new Verdict(occurrence, kind, attempts.size() + " attempt(s)", lateness);
    }

    private Verdict neverStarted(Target target, @Nullable Recorded recorded, List<Busy> busy, List<Fault> faults) {
        var occurrence = target.occurrence();
        if (recorded != null && recorded.state().equals("skipped")) {
            var reason = recorded.reason();
            if (reason == null || reason.isBlank()) {
                return new Verdict(occurrence, Kind.MISSED, "skipped without a reason", null);
            }
            return target.duty() == Duty.MAY || maySkip(occurrence.scheduledTime(), busy, faults)
                    ? new Verdict(occurrence, Kind.SKIPPED, reason, null)
                    : new Verdict(occurrence, Kind.MISSED, "skipped as " + reason + ", but its job was idle", null);
        }
        if (recorded != null
                && (recorded.state().equals("succeeded") || recorded.state().equals("failed"))) {
            return new Verdict(
                    occurrence, Kind.HISTORY_LIED, "history says " + recorded.state() + ", the sink saw nothing", null);
        }
        return target.duty() == Duty.MAY
                ? new Verdict(occurrence, Kind.NOT_REQUIRED, "near a change", null)
                : new Verdict(occurrence, Kind.MISSED, "never started", null);
    }

    /** An earlier run of the job had not ended, or something was being done to the system. */
    private boolean maySkip(Instant due, List<Busy> busy, List<Fault> faults) {
        return busy.stream()
                        .anyMatch(run -> run.due().isBefore(due) && !run.until().isBefore(due))
                || faults.stream().anyMatch(fault -> fault.isFelt(due, due.plus(settings.epsilon()), TAKEOVER));
    }

    /** The last moment at which what was due at {@code due} may start; while nothing could, time does not count. */
    private Instant latest(Instant due, List<Fault> faults) {
        var latest = due.plus(settings.overdue());
        for (var fault : faults) {
            if (fault.node().equals(Fault.EVERYWHERE)
                    && fault.from().isBefore(latest)
                    && fault.until().isAfter(due)) {
                latest = latest.plus(Duration.between(later(fault.from(), due), fault.until()));
            }
        }
        return latest;
    }

    private record Broken(Kind kind, String detail) {}

    /** Whether {@code next} had a right to start after {@code previous}. */
    private Optional<Broken> sequenceFault(
            Sighting previous, Sighting next, @Nullable Recorded recorded, List<Fault> faults) {
        if (next.attempt() <= previous.attempt() || next.fence() <= previous.fence()) {
            return Optional.of(new Broken(
                    Kind.DUPLICATE,
                    "attempt %d (fence %d) on %s after attempt %d (fence %d) on %s"
                            .formatted(
                                    next.attempt(),
                                    next.fence(),
                                    next.node(),
                                    previous.attempt(),
                                    previous.fence(),
                                    previous.node())));
        }
        if (previous.succeeded() && !lostBeforeItWasRecorded(previous, next, recorded, faults)) {
            return Optional.of(new Broken(
                    Kind.DUPLICATE,
                    "attempt %d although attempt %d had succeeded".formatted(next.attempt(), previous.attempt())));
        }
        return previous.failed() && !isToldToEnd(previous, next, recorded, faults)
                ? retryFault(previous, next, faults)
                : Optional.empty();
    }

    /** Its node had lost contact: what fails after that is on record as interrupted, and goes on without a wait. */
    private static boolean isToldToEnd(
            Sighting previous, Sighting next, @Nullable Recorded recorded, List<Fault> faults) {
        return recorded != null
                && recorded.attempts().stream()
                        .anyMatch(row ->
                                row.fence() == previous.fence() && row.state().equals("interrupted"))
                && faults.stream()
                        .anyMatch(fault -> fault.hits(previous.node())
                                && fault.isFelt(previous.started(), next.started(), TAKEOVER));
    }

    /** Nobody who was left could know that it had been done. */
    private static boolean lostBeforeItWasRecorded(
            Sighting previous, Sighting next, @Nullable Recorded recorded, List<Fault> faults) {
        boolean known = recorded == null
                || recorded.attempts().stream()
                        .anyMatch(row ->
                                row.fence() == previous.fence() && row.state().equals("succeeded"));
        return !known
                && faults.stream()
                        .anyMatch(fault -> fault.hits(previous.node())
                                && fault.isFelt(previous.started(), next.started(), TAKEOVER));
    }

    private Optional<Broken> retryFault(Sighting previous, Sighting next, List<Fault> faults) {
        var waited = Duration.between(previous.ended(), next.started());
        int step = previous.attempt() - 1;
        boolean moved = !previous.node().equals(next.node());
        if (step >= settings.backoff().size() && !moved) {
            return Optional.of(new Broken(
                    Kind.RETRY_BAD,
                    "attempt " + next.attempt() + " of " + settings.backoff().size() + " retries"));
        }
        var wanted = settings.backoff().get(Math.min(step, settings.backoff().size() - 1));
        // Its node's clock was set while it waited: like a start, it may be early by what an unrefused clock is off.
        boolean jumped = faults.stream()
                .anyMatch(fault -> fault.kind().equals(Nemesis.CLOCK.words())
                        && fault.hits(previous.node())
                        && fault.isFelt(previous.started(), next.started(), TAKEOVER));
        var least = jumped ? wanted.minus(settings.epsilon()) : wanted;
        boolean early = waited.compareTo(least) < 0 && !moved;
        boolean late = waited.compareTo(wanted.plus(settings.retryTolerance())) > 0
                && !moved
                && faults.stream().noneMatch(fault -> fault.isFelt(previous.started(), next.started(), TAKEOVER));
        return early || late
                ? Optional.of(new Broken(Kind.RETRY_BAD, "waited " + waited + " instead of " + wanted))
                : Optional.empty();
    }

    private static Optional<Broken> historyFault(List<Sighting> attempts, @Nullable Recorded recorded) {
        if (recorded == null) {
            return Optional.of(new Broken(Kind.HISTORY_LIED, "ran, but the history has no row"));
        }
        for (var row : recorded.attempts()) {
            boolean fenced =
                    row.state().equals("succeeded") && attempts.stream().anyMatch(seen -> seen.fence() > row.fence());
            if (fenced) {
                return Optional.of(new Broken(
                        Kind.ZOMBIE, "fence " + row.fence() + " on " + row.node() + " was stale and still committed"));
            }
        }
        boolean saw = attempts.stream().anyMatch(Sighting::succeeded);
        boolean says = recorded.state().equals("succeeded");
        boolean certain = attempts.getLast().ended() != null;
        if (certain && saw != says) {
            return Optional.of(new Broken(
                    Kind.HISTORY_LIED,
                    "history says " + recorded.state() + ", the sink saw " + (saw ? "success" : "failure")));
        }
        return Optional.empty();
    }

    private static boolean resolved(@Nullable Recorded recorded) {
        return recorded != null && List.of("succeeded", "failed", "interrupted").contains(recorded.state());
    }

    private void addPhantoms(
            List<JobHistory> jobs,
            Map<Occurrence, List<Sighting>> seen,
            Map<Occurrence, Recorded> recorded,
            Map<Occurrence, Verdict> verdicts) {
        seen.forEach((occurrence, attempts) -> {
            if (!verdicts.containsKey(occurrence) && occurrence.scheduledTime().isBefore(settings.end())) {
                verdicts.put(
                        occurrence,
                        new Verdict(
                                occurrence,
                                Kind.PHANTOM,
                                "nothing was due, ran on " + attempts.getFirst().node(),
                                null));
            }
        });
        var from = jobs.stream()
                .collect(Collectors.toMap(
                        JobHistory::job, job -> job.changes().getFirst().from()));
        recorded.forEach((occurrence, row) -> {
            var begun = from.get(occurrence.job());
            boolean judged = begun == null
                    || !occurrence.scheduledTime().isBefore(begun)
                            && occurrence.scheduledTime().isBefore(settings.end());
            // A row that says why nothing ran, for a time at which nothing had to, is no run.
            if (!verdicts.containsKey(occurrence) && judged && !row.state().equals("skipped")) {
                verdicts.put(
                        occurrence,
                        new Verdict(occurrence, Kind.PHANTOM, "nothing was due, history says " + row.state(), null));
            }
        });
    }

    private static void addOverlaps(Map<Occurrence, List<Sighting>> seen, Map<Occurrence, Verdict> verdicts) {
        var perJob = new HashMap<String, List<Live>>();
        seen.forEach((occurrence, attempts) -> {
            for (int i = 0; i < attempts.size(); i++) {
                perJob.computeIfAbsent(occurrence.job(), key -> new ArrayList<>())
                        .add(Live.of(attempts, i));
            }
        });
        perJob.values().forEach(lives -> {
            lives.sort(Comparator.comparing(Live::from));
            for (int i = 1; i < lives.size(); i++) {
                var earlier = lives.get(i - 1);
                var later = lives.get(i);
                if (earlier.until().isAfter(later.from())) {
                    var occurrence = later.sighting().occurrence();
                    verdicts.put(
                            occurrence,
                            new Verdict(
                                    occurrence,
                                    Kind.OVERLAP,
                                    "started on %s while %s (%s) was at work"
                                            .formatted(
                                                    later.sighting().node(),
                                                    earlier.sighting().scheduledTime(),
                                                    earlier.sighting().node()),
                                    Duration.between(occurrence.scheduledTime(), later.from())));
                }
            }
        });
    }

    /** The span in which an attempt held the right to its job: to its end, or until a higher fence took it away. */
    private record Live(Sighting sighting, Instant from, Instant until) {
        static Live of(List<Sighting> attempts, int index) {
            var sighting = attempts.get(index);
            var until = sighting.ended();
            for (var other : attempts) {
                if (other.fence() > sighting.fence()
                        && (until == null || other.started().isBefore(until))) {
                    until = other.started();
                }
            }
            return new Live(sighting, sighting.started(), until == null ? sighting.started() : until);
        }
    }

    private static List<Takeover> takeovers(Map<Occurrence, List<Sighting>> seen, List<Fault> faults) {
        var takeovers = new ArrayList<Takeover>();
        seen.forEach((occurrence, attempts) -> {
            for (int i = 1; i < attempts.size(); i++) {
                var lost = attempts.get(i - 1);
                var next = attempts.get(i);
                if (lost.ended() != null || lost.node().equals(next.node())) {
                    continue;
                }
                faults.stream()
                        .filter(fault -> fault.hits(lost.node()))
                        .filter(fault -> fault.from().isBefore(next.started()))
                        .max(Comparator.comparing(Fault::from))
                        .ifPresent(fault -> takeovers.add(new Takeover(
                                occurrence,
                                lost.node(),
                                next.node(),
                                fault,
                                Duration.between(later(fault.from(), lost.started()), next.started()))));
            }
        });
        return takeovers;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** The blind pass, and where it contradicts the identity pass. */
    private List<String> disagreements(
            List<Target> targets,
            Map<Occurrence, List<Sighting>> seen,
            Map<Occurrence, Verdict> verdicts,
            List<Fault> faults) {
        var starts = new HashMap<String, List<Instant>>();
        seen.forEach((occurrence, attempts) -> starts.computeIfAbsent(occurrence.job(), key -> new ArrayList<>())
                .add(attempts.getFirst().started()));
        var due = new HashMap<String, List<Instant>>();
        var missed = new HashMap<String, Integer>();
        for (var target : targets) {
            var kind = Objects.requireNonNull(verdicts.get(target.occurrence())).kind();
            if (target.duty() == Duty.MUST && kind != Kind.SKIPPED) {
                due.computeIfAbsent(target.occurrence().job(), key -> new ArrayList<>())
                        .add(target.occurrence().scheduledTime());
                if (kind == Kind.MISSED || kind == Kind.HISTORY_LIED && !seen.containsKey(target.occurrence())) {
                    missed.merge(target.occurrence().job(), 1, Integer::sum);
                }
            }
        }
        var disagreements = new ArrayList<String>();
        due.forEach((job, instants) -> {
            int blind = unmatched(instants, starts.getOrDefault(job, List.of()), faults);
            int claimed = missed.getOrDefault(job, 0);
            if (blind > claimed) {
                disagreements.add("%s: %d target(s) had no start within %s, the claims admit only %d"
                        .formatted(job, blind, settings.overdue(), claimed));
            }
        });
        disagreements.sort(Comparator.naturalOrder());
        return disagreements;
    }

    private int unmatched(List<Instant> due, List<Instant> starts, List<Fault> faults) {
        var windows = due.stream().sorted().toList();
        var open = new PriorityQueue<Instant>(); // when each closes
        int next = 0;
        int unmatched = 0;
        for (var start : starts.stream().sorted().toList()) {
            while (next < windows.size()
                    && !windows.get(next).minus(settings.epsilon()).isAfter(start)) {
                open.add(latest(windows.get(next++), faults));
            }
            while (!open.isEmpty() && open.peek().isBefore(start)) {
                open.poll();
                unmatched++;
            }
            open.poll();
        }
        return unmatched + open.size() + windows.size() - next;
    }
}
