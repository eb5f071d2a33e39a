// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const closer = new AbortController();
const events: string[] = [];
const promise = Deno.cron("a", "* * * * *", { signal: closer.signal }, async () => {
  events.push("start");
  closer.abort();
  await new Promise((r) => setTimeout(r, 20));
  events.push("end");
});
promise.then((value) => {
  events.push("resolved with " + value);
  console.log(events.join(", "));
});
