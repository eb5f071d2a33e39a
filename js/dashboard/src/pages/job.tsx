// One job: when it fires, how it has been doing, what one can do.
import { useEffect } from "preact/hooks";
import { api } from "../api";
import type { Job, Page, RunSummary } from "../api";
import { Actions, Countdown, Empty, LastResult, Problem, State, Strip, Time, useLoaded } from "../parts";
import { RunsTable } from "../runs-table";
import { newestFirst } from "../jobs";
import { jobs, onRefresh, onRun } from "../store";
import { Scatter } from "../scatter";
import { stepWords } from "../time";

const HISTORY_SIZE = 200;
const TABLE_SIZE = 20;

export function JobPage({ id }: { id: string }) {
  const detail = useLoaded<Job>(id, (signal) => api.job(id, signal));
  const history = useLoaded<Page<RunSummary>>(id, (signal) => api.runs({ job: id, limit: HISTORY_SIZE }, signal));
  const known = jobs.value.get(id);
  const job = known ? { ...detail.value, ...known, next: detail.value?.next ?? [] } : detail.value;

  useEffect(() => {
    const stopRun = onRun((run) => {
      if (run.job !== id) return;
      history.set((page) => ({ ...page, items: [run, ...page.items.filter((item) => item.id !== run.id)].sort(newestFirst).slice(0, HISTORY_SIZE) }));
    });
    const stopRefresh = onRefresh(() => {
      detail.reload();
      history.reload();
    });
    return () => {
      stopRun();
      stopRefresh();
    };
  });
  // The list of next fires moves on when the job fires or its state changes.
  useEffect(() => {
    if (detail.value && known) detail.reload();
  }, [known?.nextFireTime, known?.state, known?.schedule]);

  if (!job) {
    return detail.error ? (
      <>
        <h1 tabIndex={-1}>Job</h1>
        <Problem error={detail.error} what="job" />
        <p>
          <a href="/">All jobs</a>. A job is named by its script and its cron name: <code>backup.ts/nightly</code>.
        </p>
      </>
    ) : (
      <p class="loading">Reading the job…</p>
    );
  }
  const runs = history.value?.items ?? job.recent;
  return (
    <>
      <nav class="crumbs" aria-label="Where you are">
        <a href="/">Jobs</a> <span aria-hidden="true">/</span> <a href={`/?q=${encodeURIComponent(job.script)}`}>{job.script}</a>
      </nav>
      <div class="page-head">
        <h1 tabIndex={-1}>
          {job.name} {job.state !== "active" && <State of={job.state} />}
        </h1>
        <Actions job={job} wide />
      </div>
      <p class="schedule-words">
        {job.scheduleWords !== job.schedule && job.scheduleWords} <code>{job.schedule}</code> <span class="sub">in {job.timezone}</span>
      </p>
      {job.warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      <div class="job-grid">
        <section aria-labelledby="next-title" class="next-fires">
          <h2 id="next-title">Next</h2>
          {job.state === "paused" ? (
            <p class="sub">Paused: nothing fires until it is resumed. Due times that pass meanwhile are listed as skipped, with that reason.</p>
          ) : job.state === "retired" ? (
            <p class="sub">No script registers this job any more. Its history stays.</p>
          ) : (job.next ?? []).length === 0 && !job.nextFireTime ? (
            <p class="sub">This schedule never fires again.</p>
          ) : (
            <ol>
              {(job.next && job.next.length > 0 ? job.next : job.nextFireTime ? [job.nextFireTime] : []).map((at) => (
                <li key={at}>
                  <Time at={at} />
                  <Countdown at={at} />
                </li>
              ))}
            </ol>
          )}
        </section>
        <section aria-labelledby="history-title" class="job-history">
          <h2 id="history-title">History</h2>
          <div class="history-facts">
            <Strip recent={job.recent} />
            <span>
              Last: <LastResult run={job.lastRun} />
            </span>
            <span class="sub">{job.backoffMs.length === 0 ? "No retries after a failure." : `Tried again ${job.backoffMs.map(stepWords).join(", ")} after a failure.`}</span>
          </div>
          <Scatter runs={runs} />
        </section>
      </div>
      <section aria-labelledby="recent-title">
        <div class="section-head">
          <h2 id="recent-title">Recent runs</h2>
          <a href={`/runs?job=${encodeURIComponent(job.id)}`}>All runs of this job</a>
        </div>
        {runs.length === 0 ? (
          <Empty title="It has not run yet">
            <p>{job.nextFireTime ? <>It is due in <Countdown at={job.nextFireTime} />.</> : "It has no next due time."} To see it work now, press "Run now".</p>
          </Empty>
        ) : (
          <RunsTable runs={runs.slice(0, TABLE_SIZE)} withJob={false} />
        )}
      </section>
    </>
  );
}
