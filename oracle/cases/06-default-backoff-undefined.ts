// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const at: number[] = [];
Deno.cron("a", "* * * * *", { backoffSchedule: undefined as unknown as undefined }, () => {
  at.push(performance.now());
  if (at.length === 2) {
    console.log(at[1] - at[0] >= 99);
    Deno.exit(0);
  }
  throw "boom";
});
