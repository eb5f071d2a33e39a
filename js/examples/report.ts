// Every five minutes: what ran in the last hour, per job, as a table in the run's log.
import { duration } from "./lib/format.ts";

interface Run {
  job: string;
  state: string;
  durationMs: number | null;
}

const api = Deno.env.get("CARILLON_URL") ?? "http://127.0.0.1:8080";

Deno.cron("hourly report", { minute: { every: 5 } }, async () => {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const response = await fetch(new URL(`/api/runs?limit=500&from=${encodeURIComponent(from)}`, api));
  if (!response.ok) throw new Error(`cannot read the history: ${response.status} ${await response.text()}`);
  const { items } = await response.json() as { items: Run[] };

  const perJob = new Map<string, { ok: number; failed: number; slowest: number }>();
  for (const run of items) {
    const row = perJob.get(run.job) ?? { ok: 0, failed: 0, slowest: 0 };
    if (run.state === "succeeded") row.ok++;
    if (run.state === "failed") row.failed++;
    row.slowest = Math.max(row.slowest, run.durationMs ?? 0);
    perJob.set(run.job, row);
  }
  for (const [job, row] of [...perJob].sort(([a], [b]) => a < b ? -1 : 1)) {
    console.log(`${job}: ${row.ok} ok, ${row.failed} failed, slowest ${duration(row.slowest)}`);
  }
});
