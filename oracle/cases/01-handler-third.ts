// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
Deno.cron("a", "* * * * *", () => {
  console.log("ran");
  Deno.exit(0);
});
console.log("registered first");
