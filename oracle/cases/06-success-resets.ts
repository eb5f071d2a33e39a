// env: DENO_CRON_TEST_SCHEDULE_OFFSET=150
const at: number[] = [];
Deno.cron("a", "* * * * *", { backoffSchedule: [10, 700] }, () => {
  at.push(performance.now());
  console.log("attempt", at.length);
  if (at.length === 4) {
    // fail, retry after 10 succeeds, next run fails, its retry is the first again: after 10, not 700
    console.log(at[2] - at[1] >= 149, at[3] - at[2] < 600);
    Deno.exit(0);
  }
  if (at.length % 2 === 1) throw "odd";
});
