// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const at: number[] = [];
Deno.cron("a", "* * * * *", { backoffSchedule: [120] }, () => {
  at.push(performance.now());
  if (at.length === 3) {
    console.log(at[1] - at[0] >= 119, at[2] - at[1] < 100);
    Deno.exit(0);
  }
  throw "again";
});
