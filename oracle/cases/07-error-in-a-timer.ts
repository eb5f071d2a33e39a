// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
Deno.cron("a", "* * * * *", () => {
  setTimeout(() => {
    throw new TypeError("from a timer");
  }, 1);
  return new Promise<void>(() => {});
});
