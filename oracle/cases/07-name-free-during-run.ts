// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const closer = new AbortController();
let second = 0;
const first = Deno.cron("a", "* * * * *", { signal: closer.signal }, async () => {
  closer.abort();
  const other = new AbortController();
  Deno.cron("a", "* * * * *", { signal: other.signal }, () => {
    second++;
    other.abort();
  });
  for (let i = 0; i < 200 && second === 0; i++) await new Promise((r) => setTimeout(r, 10));
  console.log("old handler ends, new one ran:", second > 0);
});
await first;
console.log("closed");
