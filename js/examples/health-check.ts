// Asks a web service every minute whether it is well. A failed check is tried again after 1 s and after 5 s before the
// run counts as failed. HEALTH_URL says whom to ask; by default Carillon asks itself.
const url = Deno.env.get("HEALTH_URL") ?? "http://127.0.0.1:8080/healthz";

Deno.cron("health check", "* * * * *", { backoffSchedule: [1_000, 5_000] }, async () => {
  const started = performance.now();
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  const body = await response.text();
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}`, { cause: body.slice(0, 200) });
  }
  console.log(`${url} is well: ${response.status} in ${Math.round(performance.now() - started)} ms`);
});
