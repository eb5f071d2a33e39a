// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
Deno.cron("a", "* * * * *", function (this: unknown) {
  console.log(this, arguments.length);
  Deno.exit(0);
});
