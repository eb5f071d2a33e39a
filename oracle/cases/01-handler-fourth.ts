// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
Deno.cron("a", "* * * * *", { backoffSchedule: [], unknown: 1 } as Deno.CronOptions, async () => {
  await Promise.resolve();
  console.log("ran");
  Deno.exit(0);
});
