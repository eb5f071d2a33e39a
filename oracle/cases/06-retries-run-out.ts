// env: DENO_CRON_TEST_SCHEDULE_OFFSET=200
// Two retries of 20 and 40 ms, then the schedule again, with a fresh set.
const at: number[] = [];
Deno.cron("a", "* * * * *", { backoffSchedule: [20, 40] }, () => {
  at.push(performance.now());
  if (at.length === 7) {
    const gaps = at.slice(1).map((t, i) => t - at[i]);
    console.log([20, 40, 200, 20, 40, 200].map((least, i) => gaps[i] >= least - 1));
    console.log(gaps[0] < 190, gaps[3] < 190);
    Deno.exit(0);
  }
  throw at.length;
});
