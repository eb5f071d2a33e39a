// The jobs under test: each tells the sink when it starts and ends, works a moment, and fails now and then on purpose.
// A new revision of this file changes the schedule of the jobs from CHAOS_EDITED on, and of no other.
const REVISION = 0;
const sink = Deno.env.get("CHAOS_SINK");
const count = Number(Deno.env.get("CHAOS_JOBS"));
const edited = Number(Deno.env.get("CHAOS_EDITED"));
const period = Number(Deno.env.get("CHAOS_PERIOD"));
const other = Deno.env.get("CHAOS_OTHER_SCHEDULE");

// Spread over the period: the checker knows it so.
function schedule(i) {
  if (period <= 60) return `${i % period}-59/${period} * * * * *`;
  const minutes = period / 60;
  return `${i % 60} ${Math.floor(i / 60) % minutes}-59/${minutes} * * * *`;
}

async function tell(event, run, ok) {
  const response = await fetch(sink, {
    method: "POST",
    body: JSON.stringify({
      event,
      ok,
      job: run.job,
      scheduledTime: run.scheduledTime,
      attempt: run.attempt,
      fence: run.fence,
      node: run.node,
    }),
  });
  if (response.status === 409) throw new Error(`fenced off: ${run.id} attempt ${run.attempt}`);
}

for (let i = 0; i < count; i++) {
  // One in four works for long, so that something is under way whenever a node is hit; the others fail at times.
  const long = i % 4 === 3;
  Deno.cron(`job ${i}`, i >= edited && REVISION % 2 === 1 ? other : schedule(i), { backoffSchedule: [500, 1000] }, async () => {
    const run = Carillon.run;
    await tell("start", run, true);
    await new Promise((resolve) => setTimeout(resolve, long ? 400 : 20));
    const second = Math.floor(Date.parse(run.scheduledTime) / 1000);
    const ok = long || run.attempt > 1 || (second + i) % 20 !== 0;
    await tell("end", run, ok);
    if (!ok) throw new Error("failed on purpose");
  });
}
