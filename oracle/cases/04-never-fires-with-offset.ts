// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
Deno.cron("never", "0 0 31W 4 *", () => {
  console.log("ran");
  Deno.exit(0);
});
