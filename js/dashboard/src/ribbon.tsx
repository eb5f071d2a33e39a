// The drum: like a carillon's, it turns under a fixed line that is now. Past runs to the left, pins still to strike to the right.
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
}

const startOf = (run: RunSummary) => Date.parse(run.startedAt ?? run.scheduledTime);
const endOf = (run: RunSummary, at: number) => (run.endedAt ? Date.parse(run.endedAt) : run.startedAt ? at : startOf(run));

function lanes(jobs: readonly Job[], extra: ReadonlyMap<string, string[]>, from: number, to: number, at: number): Lane[] {
  const found: (Lane & { distance: number })[] = [];
  for (const job of jobs) {
    const runs = job.recent.filter((run) => endOf(run, at) >= from && startOf(run) <= to);
    const fires = [...new Set([...(job.nextFireTime && job.state === "active" ? [job.nextFireTime] : []), ...(extra.get(job.id) ?? [])])].filter(
      (fire) => Date.parse(fire) <= to && Date.parse(fire) > at - 5_000,
    );
    if (runs.length === 0 && fires.length === 0) continue;
    const distance = Math.min(
      ...runs.map((run) => (live(run) ? 0 : at - endOf(run, at))),
      ...fires.map((fire) => Date.parse(fire) - at),
    );
    found.push({ job, runs, fires, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, LANES_MAX)
    .sort((a, b) => a.job.id.localeCompare(b.job.id));
}

export function Ribbon({ jobs, next }: { jobs: readonly Job[]; next: readonly { job: string; at: string }[] }) {
  const chosen = queryValue("span") in SPANS ? queryValue("span") : SPAN_DEFAULT;
  const span = SPANS[chosen] as Span;
  const at = now.value;
  const from = at - span.ms * PAST_SHARE;
  const to = at + span.ms * (1 - PAST_SHARE);
  const percent = (ms: number) => ((ms - from) / (to - from)) * 100;
  const extra = new Map<string, string[]>();
  for (const { job, at: fire } of next) extra.set(job, [...(extra.get(job) ?? []), fire]);
  const shown = lanes(jobs, extra, from, to, at);

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
              <i class="now-line" style={{ left: `${PAST_SHARE * 100}%` }} />
            </div>
          </div>
        ))}
        {shown.length === 0 && <p class="drum-quiet">Nothing ran and nothing is due within {span.label} of now.</p>}
      </div>
    </section>
  );
}
