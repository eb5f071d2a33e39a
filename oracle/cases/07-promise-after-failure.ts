// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const closer = new AbortController();
await Deno.cron("a", "* * * * *", { signal: closer.signal, backoffSchedule: [0] }, () => {
  closer.abort();
  throw new Error("the promise does not reject");
}).then(() => console.log("resolved"), () => console.log("rejected"));
console.log("module goes on");
