// env: DENO_CRON_TEST_SCHEDULE_OFFSET=300
const at: number[] = [];
Deno.cron("a", "* * * * *", { backoffSchedule: [] }, () => {
  at.push(performance.now());
  if (at.length === 2) {
    console.log("next by schedule:", at[1] - at[0] >= 299);
    Deno.exit(0);
  }
  throw "boom";
});
