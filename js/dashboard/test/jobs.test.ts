import assert from "node:assert/strict";
import { test } from "node:test";
import type { Job, RunSummary } from "../src/api";
import { failing, groupsOf, withRun } from "../src/jobs";
import { jobHref, routeOf } from "../src/paths";

const run = (id: string, state: RunSummary["state"], minute: number): RunSummary => ({
  id, job: "a.ts/x", script: "a.ts", name: "x", scheduledTime: `2026-11-21T03:${String(minute).padStart(2, "0")}:00.000Z`, state, reason: null, trigger: "schedule",
  attempts: 1, startedAt: null, endedAt: null, durationMs: null, latenessMs: null, node: null, error: null,
});
const job = (...recent: RunSummary[]): Job => ({
  id: "a.ts/x", script: "a.ts", name: "x", schedule: "* * * * *", scheduleWords: "every minute", timezone: "UTC", state: "active", nextFireTime: null, backoffMs: [], warnings: [],
  running: 0, lastRun: recent[0] ?? null, recent,
});

test("a run told twice stands once, in its later state", () => {
  const once = withRun(withRun(job(), run("1", "running", 1)), run("1", "succeeded", 1));
  assert.deepEqual(once.recent.map((each) => each.state), ["succeeded"]);
  assert.equal(once.running, 0);
});

test("a run that arrives out of order takes its place by due time", () => {
  const mixed = withRun(withRun(job(), run("2", "succeeded", 2)), run("1", "failed", 1));
  assert.deepEqual(mixed.recent.map((each) => each.id), ["2", "1"]);
  assert.equal(mixed.lastRun?.id, "2");
});

test("no more than thirty runs are kept", () => {
  let full = job();
  for (let minute = 0; minute < 40; minute++) full = withRun(full, run(String(minute), "succeeded", minute));
  assert.equal(full.recent.length, 30);
  assert.equal(full.recent[0]?.id, "39");
});

test("a job stays broken while its next try runs or is skipped, and is mended by a success", () => {
  assert.equal(failing(job(run("1", "failed", 1))), true);
  assert.equal(failing(job(run("2", "running", 2), run("1", "failed", 1))), true);
  assert.equal(failing(job(run("2", "skipped", 2), run("1", "failed", 1))), true);
  assert.equal(failing(job(run("2", "succeeded", 2), run("1", "failed", 1))), false);
  assert.equal(failing(job(run("1", "retrying", 1))), true);
  assert.equal(failing(job()), false);
  assert.equal(failing({ ...job(run("1", "failed", 1)), state: "retired" }), false);
});

test("a job's address survives slashes, spaces and per cent signs", () => {
  for (const id of ["backup.ts/nightly", "mail/digest.ts/send 100% now", "a.ts/\u00fc?#&"]) {
    assert.deepEqual(routeOf(jobHref(id)), { page: "job", id });
  }
  assert.deepEqual(routeOf("/runs/abc"), { page: "run", id: "abc" });
  assert.deepEqual(routeOf("/runs/"), { page: "runs" });
  assert.deepEqual(routeOf("/elsewhere"), { page: "unknown" });
});

test("errors that differ only in numbers and ids are one group, the most frequent first", () => {
  const failed = (id: string, job: string, error: string | null): RunSummary => ({ ...run(id, "failed", Number(id)), job, error });
  const groups = groupsOf([
    failed("4", "a.ts/x", "Error: timeout after 30 s (request 8f14e45fceea167a)"),
    failed("3", "b.ts/y", "TypeError: x is undefined"),
    failed("2", "c.ts/z", "Error: timeout after 45 s (request c9f0f895fb98ab91)"),
    failed("1", "a.ts/x", null),
  ]);
  assert.deepEqual(groups.map((group) => [group.count, group.newest.id, [...group.jobs.keys()]]), [
    [2, "4", ["a.ts/x", "c.ts/z"]],
    [1, "3", ["b.ts/y"]],
  ]);
});
