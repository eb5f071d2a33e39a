// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
Deno.cron("a", "* * * * *", () => {
  try {
    Deno.exit(7);
  } finally {
    console.log("not reached");
  }
});
