// The smallest useful cron: a line every minute, and the run it belongs to where the host tells (Carillon does, Deno
// does not).
const started = Date.now();

Deno.cron("heartbeat", "* * * * *", () => {
  const run = (globalThis as { Carillon?: { run?: { scheduledTime: string; attempt: number } } }).Carillon?.run;
  console.log(`alive for ${Math.round((Date.now() - started) / 1000)} s`, run ? `(due ${run.scheduledTime})` : "");
});
