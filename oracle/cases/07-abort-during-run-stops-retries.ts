// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const closer = new AbortController();
let n = 0;
await Deno.cron("a", "* * * * *", { signal: closer.signal, backoffSchedule: [1, 1] }, async () => {
  n++;
  closer.abort();
  await new Promise((r) => setTimeout(r, 5));
  throw "failed after abort";
});
await new Promise((r) => setTimeout(r, 50));
console.log("ran", n);
