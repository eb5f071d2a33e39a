// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
Deno.cron("a", "* * * * *", { backoffSchedule: [] }, () => {
  if (n++ === 1) Deno.exit(0);
  throw new AggregateError(["one", new RangeError("two")], "both failed");
});
