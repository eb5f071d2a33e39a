// Pure decisions about jobs and their runs.
import type { Job, RunSummary } from "./api";

const RECENT_MAX = 30;

export const live = (run: RunSummary) => run.state === "running" || run.state === "retrying";
export const bad = (run: RunSummary | null) => run !== null && (run.state === "failed" || run.state === "interrupted");

/** Failing: the last run that came to a verdict failed, or the present one is being tried again. */
export function failing(job: Job): boolean {
  if (job.state === "retired") return false;
  const verdict = job.recent.find((run) => run.state !== "running" && run.state !== "skipped") ?? job.lastRun;
  return verdict !== null && verdict !== undefined && (bad(verdict) || verdict.state === "retrying");
}

/** Newest first by due time; two runs of one instant (a manual one beside a due one) by start. */
export function newestFirst(a: RunSummary, b: RunSummary): number {
  return b.scheduledTime.localeCompare(a.scheduledTime) || (b.startedAt ?? "").localeCompare(a.startedAt ?? "");
}

/** The job with this run put in or replaced. Pure: the same run twice changes nothing. */
export function withRun(job: Job, run: RunSummary): Job {
  const recent = [run, ...job.recent.filter((other) => other.id !== run.id)].sort(newestFirst).slice(0, RECENT_MAX);
  return { ...job, recent, lastRun: recent[0] ?? null, running: recent.filter(live).length };
}

export interface ErrorGroup {
  error: string;
  count: number;
  jobs: Map<string, RunSummary>;
  newest: RunSummary;
}

/** Runs with the same first line of error, numbers and ids aside, belong together; most frequent first. */
export function groupsOf(runs: readonly RunSummary[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const run of runs) {
    if (!run.error) continue;
    const key = run.error.replace(/[0-9a-f]{8,}/gi, "#").replace(/\d+/g, "#");
    const group = groups.get(key);
    if (!group) groups.set(key, { error: run.error, count: 1, jobs: new Map([[run.job, run]]), newest: run });
    else {
      group.count++;
      if (!group.jobs.has(run.job)) group.jobs.set(run.job, run);
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
