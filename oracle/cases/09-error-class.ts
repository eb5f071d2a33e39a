// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
class Failure extends Error {
  override name = "Failure";
  code = 42;
}
let n = 0;
Deno.cron("a", "* * * * *", { backoffSchedule: [] }, () => {
  if (n++ === 1) Deno.exit(0);
  throw new Failure("own class\nsecond line");
});
