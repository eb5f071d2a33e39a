// The jobs under test: each tells the sink when it starts and ends, works a moment, and fails now and then on purpose.
const sink = Deno.env.get("CHAOS_SINK");
const count = Number(Deno.env.get("CHAOS_JOBS"));
const schedule = Deno.env.get("CHAOS_SCHEDULE");

async function tell(event, run, ok) {
  const response = await fetch(sink, {
    method: "POST",
    body: JSON.stringify({
      event,
      ok,
      job: run.job,
      scheduledTime: new Date(run.scheduledTime).toISOString(),
      attempt: run.attempt,
      fence: run.fence,
      node: run.node,
    }),
  });
  if (response.status === 409) throw new Error(`fenced off: ${run.id} attempt ${run.attempt}`);
}

for (let i = 0; i < count; i++) {
  Deno.cron(`job ${i}`, schedule, { backoffSchedule: [500, 1000] }, async () => {
    const run = Carillon.run;
    await tell("start", run, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const ok = run.attempt > 1 || (Math.floor(new Date(run.scheduledTime) / 1000) + i) % 20 !== 0;
    await tell("end", run, ok);
    if (!ok) throw new Error("failed on purpose");
  });
}
