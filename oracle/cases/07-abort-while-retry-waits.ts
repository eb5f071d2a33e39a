// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const closer = new AbortController();
let n = 0;
setTimeout(() => closer.abort(), 100);
await Deno.cron("a", "* * * * *", { signal: closer.signal, backoffSchedule: [3600000] }, () => {
  n++;
  throw "once";
});
console.log("ran", n);
