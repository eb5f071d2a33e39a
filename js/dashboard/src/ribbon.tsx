// The drum: like a carillon's, it turns under a fixed line that is now. Past runs to the left, pins still to strike to the right.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "./api";
import type { Job, RunSummary } from "./api";
import { Choices } from "./parts";
import { zone } from "./prefs";
import { runHref } from "./paths";
import { navigate, queryValue, setQuery } from "./route";
import { live } from "./jobs";
import { now } from "./store";
import { dayAndTime, durationWords, timeOfDay, timeOfDayShort } from "./time";

const MINUTE = 60_000;
interface Span {
  label: string;
  ms: number;
  tickMs: number;
}
const SPANS: Record<string, Span> = {
  "10m": { label: "10 min", ms: 10 * MINUTE, tickMs: 2 * MINUTE },
  "1h": { label: "1 hour", ms: 60 * MINUTE, tickMs: 10 * MINUTE },
  "6h": { label: "6 hours", ms: 360 * MINUTE, tickMs: 60 * MINUTE },
};
const SPAN_DEFAULT = "1h";
const PAST_SHARE = 0.62;
const LANES_MAX = 10;

interface Lane {
  job: Job;
  runs: RunSummary[];
  fires: string[];
  /** When the last known fire is, if the schedule goes on beyond it and within the drum. */
  moreAfter: string | null;
}

/* The fires after the next one come with a job's own page; they are asked for the few jobs on the drum, and again only when
   most of them have passed and the drum has room for more. */
const FIRES_FEW = 3;
const AT_ONCE = 3;
const fires = signal<ReadonlyMap<string, { schedule: string; at: string[] }>>(new Map());
const asked = new Map<string, number>();
const ASK_AGAIN_MS = 30_000;

const ahead = (job: Job, at: number) => {
  const known = fires.value.get(job.id);
  return known && known.schedule === job.schedule ? known.at.filter((fire) => Date.parse(fire) > at) : [];
};

async function askFires(jobs: readonly Job[], at: number, to: number): Promise<void> {
  const wanted = jobs.filter((job) => {
    if (job.state !== "active" || job.nextFireTime === null || Date.parse(job.nextFireTime) > to) return false;
    const known = ahead(job, at);
    const last = known.at(-1);
    return known.length <= FIRES_FEW && (last === undefined || Date.parse(last) < to) && (asked.get(job.id) ?? 0) < at - ASK_AGAIN_MS;
  });
  for (const job of wanted) asked.set(job.id, at);
  const worker = async () => {
    for (let job = wanted.shift(); job; job = wanted.shift()) {
      try {
        const detail = await api.job(job.id);
        fires.value = new Map(fires.value).set(job.id, { schedule: detail.schedule, at: detail.next ?? [] });
      } catch {
        // The drum then shows the next fire alone, which it knows.
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const startOf = (run: RunSummary) => Date.parse(run.startedAt ?? run.scheduledTime);
const endOf = (run: RunSummary, at: number) => (run.endedAt ? Date.parse(run.endedAt) : run.startedAt ? at : startOf(run));

function lanes(jobs: readonly Job[], from: number, to: number, at: number): Lane[] {
  const found: (Lane & { distance: number })[] = [];
  for (const job of jobs) {
    const runs = job.recent.filter((run) => endOf(run, at) >= from && startOf(run) <= to);
    const next = job.nextFireTime && job.state === "active" ? [...new Set([job.nextFireTime, ...ahead(job, at)])] : [];
    const due = next.filter((fire) => Date.parse(fire) <= to && Date.parse(fire) > at - 5_000);
    if (runs.length === 0 && due.length === 0) continue;
    const distance = Math.min(
      ...runs.map((run) => (live(run) ? 0 : at - endOf(run, at))),
      ...due.map((fire) => Date.parse(fire) - at),
    );
    // The service tells a few fires ahead; a schedule has no end, so what lies beyond the last one told is unknown, not empty.
    const moreAfter = due.length > 1 && due.length === next.length ? (due.at(-1) ?? null) : null;
    found.push({ job, runs, fires: due, moreAfter, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, LANES_MAX)
    .sort((a, b) => a.job.id.localeCompare(b.job.id));
}

export function Ribbon({ jobs }: { jobs: readonly Job[] }) {
  const chosen = queryValue("span") in SPANS ? queryValue("span") : SPAN_DEFAULT;
  const span = SPANS[chosen] as Span;
  const at = now.value;
  const from = at - span.ms * PAST_SHARE;
  const to = at + span.ms * (1 - PAST_SHARE);
  const percent = (ms: number) => ((ms - from) / (to - from)) * 100;
  const shown = lanes(jobs, from, to, at);
  useEffect(() => {
    const onDrum = shown.map((lane) => lane.job);
    void askFires(onDrum, at, to);
  }, [shown.map((lane) => `${lane.job.id}${lane.job.nextFireTime}`).join(), chosen]);

  // Ticks on the reader's own round minutes: half-hour zones exist, so start from the offset, not from UTC.
  const offset = zone.value === "utc" ? 0 : -new Date(at).getTimezoneOffset() * MINUTE;
  const ticks: number[] = [];
  for (let tick = Math.ceil((from + offset) / span.tickMs) * span.tickMs - offset; tick <= to; tick += span.tickMs) ticks.push(tick);

  const past = shown.reduce((sum, lane) => sum + lane.runs.length, 0);
  const future = shown.reduce((sum, lane) => sum + lane.fires.length, 0);
  // A label beside the now mark must keep clear of it, and on a phone every second one of its neighbours.
  const narrow = window.innerWidth < 860;
  const clear = narrow ? 21 : 6;
  const labelled = (tick: number, index: number) => Math.abs(percent(tick) - PAST_SHARE * 100) > clear && !(narrow && index % 2 === 1);
  const open = (event: MouseEvent) => {
    const id = (event.target as Element).closest("[data-run]")?.getAttribute("data-run");
    if (id) navigate(runHref(id));
  };

  return (
    <section class="ribbon" aria-labelledby="ribbon-title">
      <div class="section-head">
        <h2 id="ribbon-title">Around now</h2>
        <span class="legend sub">
          <i class="key-run" aria-hidden="true" /> ran <i class="key-fire" aria-hidden="true" /> due next
        </span>
        <Choices
          label="Time shown around now"
          value={chosen}
          choices={Object.entries(SPANS).map(([value, { label }]) => ({ value, label }))}
          onChange={(value) => setQuery({ span: value === SPAN_DEFAULT ? null : value })}
        />
      </div>
      <div
        class="drum"
        role="img"
        aria-label={`Timeline of ${span.label} around now: ${past} run${past === 1 ? "" : "s"} of ${shown.length} job${shown.length === 1 ? "" : "s"}, ${future} upcoming. The table below has the same facts.`}
        onClick={open}
      >
        <div class="drum-axis">
          <div class="lane-field">
            {ticks.map((tick, index) =>
              !labelled(tick, index) ? null : (
                <span key={tick} class="tick-label" style={{ left: `${percent(tick)}%` }}>
                  {timeOfDayShort(new Date(tick), zone.value)}
                </span>
              ),
            )}
            <span class="now-label" style={{ left: `${PAST_SHARE * 100}%` }}>
              {timeOfDay(new Date(at), zone.value)}
            </span>
          </div>
        </div>
        {shown.map((lane) => (
          <div key={lane.job.id} class="lane">
            <span class="lane-name" title={lane.job.id}>
              {lane.job.name}
            </span>
            <div class="lane-field">
              {ticks.map((tick) => (
                <i key={tick} class="tick" style={{ left: `${percent(tick)}%` }} />
              ))}
              {lane.runs.map((run) => {
                const left = Math.max(0, percent(startOf(run)));
                const right = Math.min(percent(endOf(run, at)), 100);
                return (
                  <i
                    key={run.id}
                    data-run={run.id}
                    class={`lane-run is-${run.state}`}
                    style={{ left: `${left}%`, width: `${Math.max(0, right - left)}%` }}
                    title={`${lane.job.name}: ${run.state}${run.reason ? `, ${run.reason}` : ""}${run.durationMs === null ? "" : `, ${durationWords(run.durationMs)}`}, due ${dayAndTime(new Date(run.scheduledTime), new Date(at), zone.value)}`}
                  />
                );
              })}
              {lane.fires.map((fire) => (
                <i key={fire} class="lane-fire" style={{ left: `${Math.max(percent(fire ? Date.parse(fire) : at), PAST_SHARE * 100)}%` }} title={`${lane.job.name}: due ${timeOfDay(new Date(fire), zone.value)}`} />
              ))}
              {lane.moreAfter !== null && (
                <i class="lane-more" style={{ left: `${percent(Date.parse(lane.moreAfter)) + 1}%` }} title={`${lane.job.name}: and so on`} />
              )}
              <i class="now-line" style={{ left: `${PAST_SHARE * 100}%` }} />
            </div>
          </div>
        ))}
        {shown.length === 0 && <p class="drum-quiet">Nothing ran and nothing is due within {span.label} of now.</p>}
      </div>
    </section>
  );
}
