// The history: newest first, every filter in the address.
import { useEffect, useState } from "preact/hooks";
import { api, queryString } from "../api";
import type { Page, RunSummary } from "../api";
import { Choices, Empty, FilterBox, JobName, Problem, Time, errorWords, say, useLoaded } from "../parts";
import { groupsOf } from "../jobs";
import { runHref } from "../paths";
import { queryValue, setQuery } from "../route";
import { jobList, now, onRefresh, onRun } from "../store";
import { RunsTable } from "../runs-table";

const PAGE_SIZE = 50;
/** Enough for a picture of what goes wrong; the page says how many were looked at. */
const GROUPED_SIZE = 500;
const STATES = ["running", "retrying", "succeeded", "failed", "skipped", "interrupted"];
const PRESETS: Record<string, { label: string; ms: number }> = {
  "1h": { label: "Last hour", ms: 3_600_000 },
  "24h": { label: "24 h", ms: 86_400_000 },
  "7d": { label: "7 days", ms: 7 * 86_400_000 },
};

/** What one sees in a datetime-local box is the reader's time; the address holds UTC. */
const toBox = (iso: string) => {
  const at = new Date(iso);
  if (!iso || Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const fromBox = (text: string) => (text ? new Date(text).toISOString() : null);

function keeps(run: RunSummary, filter: { job: string; state: string; from: string; to: string; q: string }): boolean {
  const text = `${run.id} ${run.job} ${run.error ?? ""} ${run.reason ?? ""}`.toLowerCase();
  return (
    (!filter.job || run.job === filter.job) &&
    (!filter.state || filter.state.split(",").includes(run.state)) &&
    (!filter.from || Date.parse(run.scheduledTime) >= Date.parse(filter.from)) &&
    (!filter.to || Date.parse(run.scheduledTime) < Date.parse(filter.to)) &&
    text.includes(filter.q.toLowerCase())
  );
}

function useDebounced(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function Groups({ runs }: { runs: readonly RunSummary[] }) {
  const groups = groupsOf(runs);
  if (groups.length === 0) {
    return (
      <Empty title="No errors among these runs">
        <p>{runs.length} runs were looked at, none of them with an error.</p>
      </Empty>
    );
  }
  return (
    <table role="table" class="groups-table">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" class="right">
            Times
          </th>
          <th scope="col">Error</th>
          <th scope="col">Jobs</th>
          <th scope="col">Last</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {groups.map((group) => (
          <tr role="row" key={group.error}>
            <td role="cell" class="c-count right num" data-label="Times">
              {group.count}
            </td>
            <th role="rowheader" scope="row">
              <a class="mono error-line" href={runHref(group.newest.id)}>
                {group.error}
              </a>
            </th>
            <td role="cell" data-label="Jobs">
              {[...group.jobs.values()].slice(0, 5).map((run) => (
                <JobName key={run.job} id={run.job} name={run.name} script={run.script} />
              ))}
              {group.jobs.size > 5 && <span class="sub"> and {group.jobs.size - 5} more</span>}
            </td>
            <td role="cell" data-label="Last">
              <Time at={group.newest.scheduledTime} as="ago" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function RunsPage() {
  const job = queryValue("job");
  const state = queryValue("state");
  const last = queryValue("last");
  const preset = PRESETS[last];
  // Rounded to the minute, so that the clock's ticking does not ask anew each second.
  const from = preset ? new Date(Math.floor(now.peek() / 60_000) * 60_000 - preset.ms).toISOString() : queryValue("from");
  const to = preset ? "" : queryValue("to");
  const q = useDebounced(queryValue("q"), 250);
  const filter = { job, state, from, to, q };
  const grouped = queryValue("by") === "error";
  const size = grouped ? GROUPED_SIZE : PAGE_SIZE;
  const key = queryString({ job, state, last, by: grouped ? "error" : "", from: preset ? "" : from, to, q });
  const first = useLoaded<Page<RunSummary>>(key, (signal) => api.runs({ ...filter, limit: size }, signal));
  const [newer, setNewer] = useState<{ key: string; ids: Set<string> }>({ key, ids: new Set() });
  const [older, setOlder] = useState(false);
  const waiting = newer.key === key ? newer.ids.size : 0;

  useEffect(() => {
    const stopRuns = onRun((run) => {
      first.set((page) => {
        const index = page.items.findIndex((item) => item.id === run.id);
        if (index < 0) return page;
        const items = page.items.slice();
        items[index] = run;
        return { ...page, items };
      });
      if (keeps(run, filter) && !first.value?.items.some((item) => item.id === run.id)) {
        setNewer((before) => ({ key, ids: new Set([...(before.key === key ? before.ids : []), run.id]) }));
      }
    });
    const stopRefresh = onRefresh(first.reload);
    return () => {
      stopRuns();
      stopRefresh();
    };
  });

  // At the top of the page nobody is reading a row yet: take new runs in by themselves.
  useEffect(() => {
    if (waiting === 0) return;
    const timer = setTimeout(() => {
      const table = document.querySelector(".runs-table");
      const inUse = table?.matches(":hover, :focus-within") ?? false;
      const paged = (first.value?.items.length ?? 0) > size;
      if (window.scrollY < 120 && !inUse && !paged) takeNewer();
    }, 1_000);
    return () => clearTimeout(timer);
  }, [waiting, key]);

  const takeNewer = () => {
    setNewer({ key, ids: new Set() });
    first.reload();
  };
  const loadOlder = async () => {
    const cursor = first.value?.cursor;
    if (!cursor || older) return;
    setOlder(true);
    try {
      const page = await api.runs({ ...filter, limit: size, cursor });
      first.set((before) => {
        const known = new Set(before.items.map((item) => item.id));
        return { items: [...before.items, ...page.items.filter((item) => !known.has(item.id))], cursor: page.cursor };
      });
    } catch (error) {
      say({ kind: "error", text: errorWords(error) });
    }
    setOlder(false);
  };

  const filtered = job || state || from || to || q;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Runs</h1>
        <p class="page-lead">Every due time of every job: it ran, or it stands here with the reason why not.</p>
      </div>
      <div class="filters">
        <FilterBox label="Search runs by job, error or reason" placeholder="Search job, error, reason…" value={queryValue("q")} onInput={(value) => setQuery({ q: value })} />
        <label class="field">
          <span>Job</span>
          <select value={job} onChange={(event) => setQuery({ job: event.currentTarget.value })}>
            <option value="">all jobs</option>
            {job && !jobList.value.some((each) => each.id === job) && <option value={job}>{job}</option>}
            {jobList.value
              .slice()
              .sort((a, b) => a.id.localeCompare(b.id))
              .map((each) => (
                <option key={each.id} value={each.id}>
                  {each.id}
                </option>
              ))}
          </select>
        </label>
        <Choices label="Filter runs by state" value={state} onChange={(value) => setQuery({ state: value })} choices={[{ value: "", label: "All states" }, ...STATES.map((each) => ({ value: each, label: each }))]} />
        <div class="when">
          <Choices
            label="Filter runs by time"
            value={preset ? last : from || to ? "custom" : ""}
            onChange={(value) => (value === "custom" ? setQuery({ last: null, from: from || new Date(now.peek() - 86_400_000).toISOString() }) : setQuery({ last: value, from: null, to: null }))}
            choices={[{ value: "", label: "Any time" }, ...Object.entries(PRESETS).map(([value, { label }]) => ({ value, label })), { value: "custom", label: "Between…" }]}
          />
          {!preset && (from || to) && (
            <span class="between">
              <label class="field">
                <span>From</span>
                <input type="datetime-local" value={toBox(from)} onChange={(event) => setQuery({ from: fromBox(event.currentTarget.value) })} />
              </label>
              <label class="field">
                <span>To</span>
                <input type="datetime-local" value={toBox(to)} onChange={(event) => setQuery({ to: fromBox(event.currentTarget.value) })} />
              </label>
            </span>
          )}
        </div>
        <Choices
          label="How to show runs"
          value={grouped ? "error" : ""}
          onChange={(value) => setQuery(value === "error" ? { by: "error", state: state || "failed" } : { by: null })}
          choices={[
            { value: "", label: "One by one" },
            { value: "error", label: "By error" },
          ]}
        />
        <div class="newer" role="status">
          {waiting > 0 && (
            <button type="button" class="button" onClick={takeNewer}>
              {waiting} newer run{waiting === 1 ? "" : "s"}: show
            </button>
          )}
        </div>
      </div>
      {first.error && !first.value ? (
        <Problem error={first.error} what="history" />
      ) : !first.value ? (
        <p class="loading">Reading the history…</p>
      ) : first.value.items.length === 0 ? (
        <Empty title={filtered ? "No run matches" : "Nothing has run yet"}>
          {filtered ? (
            <p>
              <button type="button" class="button" onClick={() => setQuery({ q: null, job: null, state: null, last: null, from: null, to: null })}>
                Clear the filters
              </button>
            </p>
          ) : (
            <p>The first due time of any job puts a line here. No need to wait: press "Run now" beside a job on the overview.</p>
          )}
        </Empty>
      ) : (
        <>
          {grouped ? <Groups runs={first.value.items} /> : <RunsTable runs={first.value.items} withJob={true} />}
          <p class="more">
            {first.value.cursor ? (
              <button type="button" class="button" aria-disabled={older} onClick={loadOlder}>
                {older ? "Reading…" : grouped ? `Look at more than ${first.value.items.length} runs` : "Older runs"}
              </button>
            ) : (
              <span class="sub">That is all of them: {first.value.items.length} run{first.value.items.length === 1 ? "" : "s"}.</span>
            )}
          </p>
        </>
      )}
    </>
  );
}
