// The jobs under test: each tells the sink when it starts and ends, works a moment, and fails now and then on purpose.
const sink = Deno.env.get("CHAOS_SINK");
const count = Number(Deno.env.get("CHAOS_JOBS"));

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
  Deno.cron(`job ${i}`, "* * * * * *", { backoffSchedule: [500, 1000] }, async () => {
    const run = Carillon.run;
    await tell("start", run, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = new Date(run.scheduledTime).getUTCSeconds();
    const ok = run.attempt > 1 || (second + i) % 20 !== 0;
    await tell("end", run, ok);
    if (!ok) throw new Error("failed on purpose");
  });
}
