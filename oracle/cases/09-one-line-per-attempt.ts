// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
Deno.cron("tab\tand space", "* * * * *", { backoffSchedule: [0, 1, 2] }, () => {
  if (++n === 5) Deno.exit(0);
  throw "attempt " + n;
});
