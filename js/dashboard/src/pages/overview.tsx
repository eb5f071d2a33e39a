// Answers in five seconds: what is broken, what is running, what is next, what was missed.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Job, RunSummary, Script } from "../api";
import { Actions, Choices, Countdown, Duration, Elapsed, Empty, FilterBox, Glyph, JobName, LastResult, State, Strip, Time, changeAll, steady } from "../parts";
import { Ribbon } from "../ribbon";
import { jobHref, runHref } from "../paths";
import { queryValue, setQuery } from "../route";
import { failing } from "../jobs";
import { failedScripts, failingJobs, jobList, loaded, now, overview, runningRuns, scripts, upcoming } from "../store";

const LISTED = 3;
const DAY_MS = 86_400_000;

function Answer({ kind, title, figure, words, children, more }: { kind: string; title: string; figure: ComponentChildren; words: string; children?: ComponentChildren; more?: { href: string; text: string } | null }) {
  return (
    <section class={`answer answer-${kind}`} aria-labelledby={`answer-${kind}`}>
      <h2 id={`answer-${kind}`}>{title}</h2>
      <p class="figure">
        {figure}
        <span class="figure-words">{words}</span>
      </p>
      {children && <ul class="answer-list">{children}</ul>}
      {more && (
        <a class="answer-more" href={more.href}>
          {more.text}
        </a>
      )}
    </section>
  );
}

function Broken() {
  const jobs = failingJobs.value;
  const down = failedScripts.value;
  const count = jobs.length + down.length;
  const rest = count - Math.min(LISTED, count);
  const entries = [
    ...down.map((script) => (
      <li key={`s${script.name}`}>
        <a href="#scripts-not-running">{script.name}</a> <span class="sub">{script.state === "restarting" ? "restarting" : "not loaded"}</span>
      </li>
    )),
    ...jobs.map((job) => {
      const run = job.recent.find((each) => each.state === "failed" || each.state === "interrupted" || each.state === "retrying");
      return (
        <li key={job.id}>
          <a href={run ? runHref(run.id) : jobHref(job.id)}>{job.name}</a> <span class="sub" title={run?.error ?? ""}>{run?.error ?? run?.state ?? ""}</span>
        </li>
      );
    }),
  ];
  const words = count === 0 ? "nothing is broken" : [down.length ? `${down.length} script${down.length === 1 ? "" : "s"} down` : "", jobs.length ? `${jobs.length} job${jobs.length === 1 ? "" : "s"} failing` : ""].filter(Boolean).join(", ");
  return (
    <Answer kind={count === 0 ? "broken-none" : "broken"} title="Broken now" figure={<span class="num">{count}</span>} words={words} more={rest > 0 && jobs.length > 0 ? { href: "/?state=failing", text: `and ${rest} more` } : null}>
      {entries.slice(0, LISTED)}
    </Answer>
  );
}

function Running() {
  const runs = runningRuns.value;
  const total = Math.max(runs.length, jobList.value.reduce((sum, job) => sum + job.running, 0));
  return (
    <Answer
      kind={total === 0 ? "running-none" : "running"}
      title="Running now"
      figure={<span class="num">{total}</span>}
      words={total === 0 ? "all quiet" : total === 1 ? "run under way" : "runs under way"}
      more={total > LISTED ? { href: "/runs?state=running", text: `and ${total - LISTED} more` } : null}
    >
      {runs.slice(0, LISTED).map((run) => (
        <li key={run.id}>
          <a href={runHref(run.id)}>{run.name}</a>{" "}
          <span class="sub">
            {run.state === "retrying" ? `retrying, attempt ${run.attempts + 1}` : <>for {run.startedAt ? <Elapsed since={run.startedAt} /> : "a moment"}</>}
          </span>
        </li>
      ))}
    </Answer>
  );
}

function Next() {
  const list = upcoming.value;
  const first = list[0];
  return (
    <Answer
      kind={first ? "next" : "next-none"}
      title="Next"
      figure={first?.nextFireTime ? <Countdown at={first.nextFireTime} /> : <span class="num">–</span>}
      words={!first?.nextFireTime ? "nothing is due" : Date.parse(first.nextFireTime) <= now.value ? first.name : `until ${first.name}`}
    >
      {list.slice(1, 1 + LISTED).map((job) => (
        <li key={job.id}>
          <a href={jobHref(job.id)}>{job.name}</a> <span class="sub">
            {job.nextFireTime && Date.parse(job.nextFireTime) > now.value && "in "}
            {job.nextFireTime && <Countdown at={job.nextFireTime} />}
          </span>
        </li>
      ))}
    </Answer>
  );
}

function Missed() {
  const count = overview.value?.missed24h ?? 0;
  const from = new Date(Math.floor(now.value / 3_600_000) * 3_600_000 - DAY_MS).toISOString();
  // One line per job and reason: four times the same sentence tells no more than "4 times".
  const grouped = new Map<string, { run: RunSummary; count: number }>();
  for (const run of jobList.value.flatMap((job) => job.recent)) {
    if (run.state !== "skipped" || Date.parse(run.scheduledTime) < now.value - DAY_MS) continue;
    const key = `${run.job}|${run.reason}`;
    grouped.set(key, { run, count: (grouped.get(key)?.count ?? 0) + 1 });
  }
  const skipped = [...grouped.values()].sort((a, b) => b.count - a.count || a.run.job.localeCompare(b.run.job));
  return (
    <Answer
      kind={count === 0 ? "missed-none" : "missed"}
      title="Missed in 24 h"
      figure={<span class="num">{count}</span>}
      words={count === 0 ? "every due run ran" : count === 1 ? "due time without a run" : "due times without a run"}
      more={count > 0 ? { href: `/runs?state=skipped&from=${encodeURIComponent(from)}`, text: "Show them, with reasons" } : null}
    >
      {count > 0 &&
        skipped.slice(0, LISTED - 1).map(({ run, count: times }) => (
          <li key={`${run.job}|${run.reason}`}>
            <a href={`/runs?state=skipped&job=${encodeURIComponent(run.job)}`}>{run.name}</a>{" "}
            <span class="sub" title={run.reason ?? ""}>
              {times > 1 && `${times} times: `}
              {run.reason}
            </span>
          </li>
        ))}
    </Answer>
  );
}

function DownScript({ script }: { script: Script }) {
  const error = script.error;
  const where = error?.specifier ? `${error.specifier}${error.line === null ? "" : `:${error.line}${error.column === null ? "" : `:${error.column}`}`}` : null;
  return (
    <article class="down" aria-label={`Script ${script.name}`}>
      <h3>
        <Glyph of="failed" />
        <span class="mono">{script.name}</span>
        <span class="sub">
          {script.state === "restarting" && script.nextRestartAt ? (
            <>
              starts again in <Countdown at={script.nextRestartAt} />
              {script.restarts > 0 && `, ${script.restarts} restart${script.restarts === 1 ? "" : "s"} so far`}
            </>
          ) : (
            "did not load; its jobs do not fire"
          )}
        </span>
      </h3>
      <p class="down-message">{error?.message ?? "No reason was given."}</p>
      {where && <p class="mono down-where">{where}</p>}
      {error?.report && error.report !== error.message && (
        <details>
          <summary>Whole error</summary>
          <pre tabIndex={0}>{error.report}</pre>
        </details>
      )}
      <p class="sub">
        {error?.message.startsWith("NotCapable") ? (
          <>
            Scripts get nothing by default: give it what it asks for under <code>permissions</code> of its entry in <code>carillon.yaml</code>.
          </>
        ) : (
          <>
            Save a correct version of <span class="mono">{script.path}</span> and it is loaded again at once.
          </>
        )}
      </p>
    </article>
  );
}

type SortKey = "attention" | "name" | "next" | "last" | "duration";
const SORTS: Record<SortKey, (a: Job, b: Job) => number> = {
  attention: (a, b) => Number(failing(b)) - Number(failing(a)) || a.id.localeCompare(b.id),
  name: (a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  next: (a, b) => (a.state === "active" ? (a.nextFireTime ?? "~") : "~").localeCompare(b.state === "active" ? (b.nextFireTime ?? "~") : "~") || a.id.localeCompare(b.id),
  last: (a, b) => (b.lastRun?.scheduledTime ?? "").localeCompare(a.lastRun?.scheduledTime ?? "") || a.id.localeCompare(b.id),
  duration: (a, b) => (b.lastRun?.durationMs ?? -1) - (a.lastRun?.durationMs ?? -1) || a.id.localeCompare(b.id),
};
const SORT_DIRECTION: Record<SortKey, "ascending" | "descending"> = { attention: "descending", name: "ascending", next: "ascending", last: "descending", duration: "descending" };

const STATES: Record<string, (job: Job) => boolean> = {
  "": () => true,
  failing,
  running: (job) => job.running > 0,
  paused: (job) => job.state === "paused",
  retired: (job) => job.state === "retired",
};

export function matches(job: Job, text: string): boolean {
  const haystack = `${job.id} ${job.scheduleWords} ${job.schedule} ${job.lastRun?.error ?? ""}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

const ROWS_STEP = 100;
const rowsShown = signal(ROWS_STEP);

function SortHead({ by, label, class: name }: { by: SortKey; label: string; class?: string }) {
  const sort = (queryValue("sort") || "attention") as SortKey;
  return (
    <th scope="col" class={name ?? ""} aria-sort={sort === by ? SORT_DIRECTION[by] : "none"}>
      <button type="button" class="sort" onClick={() => setQuery({ sort: sort === by ? null : by })} title={`Sort by ${label.toLowerCase()}`}>
        {label}
        <svg class="sort-mark" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
          <path d={SORT_DIRECTION[by] === "ascending" ? "M1 5.5 4 2l3 3.500z" : "M1 2.5 4 6l3-3.500z"} fill="currentColor" />
        </svg>
      </button>
    </th>
  );
}

const JobRow = steady(({ job }: { job: Job }) => {
  const broken = failing(job);
  const last = job.lastRun;
  return (
    <tr role="row" class={`job-row${broken ? " is-broken" : ""}${job.state === "paused" ? " is-paused" : ""}${job.state === "retired" ? " is-retired" : ""}`} data-row={jobHref(job.id)}>
      <th role="rowheader" scope="row" class="c-job">
        <JobName id={job.id} name={job.name} script={job.script} />
        {job.warnings.length > 0 && (
          <span class="warning-mark" title={job.warnings.join("\n")}>
            <span aria-hidden="true">!</span>
            <span class="visually-hidden">Warning: {job.warnings.join(" ")}</span>
          </span>
        )}
      </th>
      <td role="cell" class="c-schedule">
        {job.scheduleWords !== job.schedule && <span class="words">{job.scheduleWords}</span>}
        <span class="sub">
          <code>{job.schedule}</code> {job.timezone}
        </span>
      </td>
      <td role="cell" class="c-next" data-label="Next">
        {job.state === "paused" ? (
          <State of="paused" />
        ) : job.state === "retired" ? (
          <State of="retired" />
        ) : job.nextFireTime ? (
          <>
            <Countdown at={job.nextFireTime} />
            <span class="sub">
              <Time at={job.nextFireTime} />
            </span>
          </>
        ) : (
          <span class="none">never</span>
        )}
      </td>
      <td role="cell" class="c-strip" data-label="Last 30 runs">
        <Strip recent={job.recent} />
      </td>
      <td role="cell" class="c-last" data-label="Last result">
        <LastResult run={last} />
      </td>
      <td role="cell" class="c-duration" data-label="Took">
        <Duration ms={last?.durationMs ?? job.recent.find((run) => run.durationMs !== null)?.durationMs ?? null} />
      </td>
      <td role="cell" class="c-actions">
        <Actions job={job} />
      </td>
      {broken && last?.error && (
        <td role="cell" class="c-error">
          <span class="visually-hidden">Last error: </span>
          <a href={runHref(last.id)} class="mono error-line">
            {last.error}
          </a>
        </td>
      )}
    </tr>
  );
});

function Jobs() {
  const text = queryValue("q");
  const state = queryValue("state");
  const sort = SORTS[(queryValue("sort") || "attention") as SortKey] ?? SORTS.attention;
  const all = jobList.value;
  const visible = all.filter((job) => (STATES[state] ?? STATES[""]!)(job) && matches(job, text)).sort(sort);
  const count = (key: string) => all.filter(STATES[key]!).length;
  const retired = count("retired");
  return (
    <section class="jobs" aria-labelledby="jobs-title">
      <div class="section-head">
        <h2 id="jobs-title">
          Jobs <span class="num sub">{visible.length === all.length ? all.length : `${visible.length} of ${all.length}`}</span>
        </h2>
        <FilterBox label="Filter jobs" placeholder="Filter jobs…" value={text} onInput={(value) => setQuery({ q: value })} />
        <Choices
          label="Filter jobs by state"
          value={state}
          onChange={(value) => setQuery({ state: value })}
          choices={[
            { value: "", label: "All" },
            { value: "failing", label: "Failing", count: count("failing") },
            { value: "running", label: "Running", count: count("running") },
            { value: "paused", label: "Paused", count: count("paused") },
            ...(retired > 0 ? [{ value: "retired", label: "Retired", count: retired }] : []),
          ]}
        />
      </div>
      {(text || state) && visible.length > 1 && (
        <div class="bulk">
          <span class="sub">These {visible.length}:</span>
          {visible.some((job) => job.state === "active") && (
            <button type="button" class="button" onClick={() => void changeAll("pause", visible)}>
              <Glyph of="paused" /> Pause {visible.filter((job) => job.state === "active").length}
            </button>
          )}
          {visible.some((job) => job.state === "paused") && (
            <button type="button" class="button" onClick={() => void changeAll("resume", visible)}>
              <Glyph of="running" /> Resume {visible.filter((job) => job.state === "paused").length}
            </button>
          )}
        </div>
      )}
      {visible.length === 0 ? (
        <Empty title="No job matches">
          <p>
            {all.length} job{all.length === 1 ? " is" : "s are"} hidden by the filter.{" "}
            <button type="button" class="button" onClick={() => setQuery({ q: null, state: null })}>
              Show all
            </button>
          </p>
        </Empty>
      ) : (
        <table role="table" class="job-table">
          <thead role="rowgroup">
            <tr role="row">
              <SortHead by="name" label="Job" class="c-job" />
              <th scope="col">Schedule</th>
              <SortHead by="next" label="Next" class="c-next" />
              <th scope="col">Last 30 runs</th>
              <SortHead by="last" label="Last result" />
              <SortHead by="duration" label="Took" class="c-duration" />
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {visible.slice(0, rowsShown.value).map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </tbody>
        </table>
      )}
      {visible.length > rowsShown.value && (
        <p class="more">
          <button type="button" class="button" onClick={() => (rowsShown.value += ROWS_STEP)}>
            Show {Math.min(ROWS_STEP, visible.length - rowsShown.value)} more of {visible.length}
          </button>
        </p>
      )}
    </section>
  );
}

function FirstSteps() {
  return (
    <Empty title={scripts.value.size === 0 ? "No scripts yet" : "No script has registered a cron yet"}>
      <p>Save this as <code>hello.ts</code>:</p>
      <pre tabIndex={0}>{`Deno.cron("say hello", "* * * * *", () => {\n  console.log("ding, it is", new Date().toLocaleTimeString());\n});`}</pre>
      <p>and start the service with it:</p>
      <pre tabIndex={0}>./carillon serve hello.ts</pre>
      <p>Within a minute its first run stands on this page, with what it printed.</p>
    </Empty>
  );
}

export function OverviewPage() {
  const down = failedScripts.value;
  if (!loaded.value) return <p class="loading">Asking the service…</p>;
  return (
    <>
      <h1 class="visually-hidden" tabIndex={-1}>
        Overview
      </h1>
      <div class={jobList.value.length === 0 && down.length === 0 ? "answers is-empty" : "answers"}>
        <Broken />
        <Running />
        <Next />
        <Missed />
      </div>
      {jobList.value.length > 0 && <Ribbon jobs={jobList.value} />}
      {down.length > 0 && (
        <section class="downs" id="scripts-not-running" aria-labelledby="downs-title">
          <h2 id="downs-title">Scripts that are not running</h2>
          <div class="down-list">
            {down.map((script) => (
              <DownScript key={script.name} script={script} />
            ))}
          </div>
        </section>
      )}
      {jobList.value.length > 0 ? <Jobs /> : <FirstSteps />}
    </>
  );
}
