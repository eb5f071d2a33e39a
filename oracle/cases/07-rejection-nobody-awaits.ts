// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
Deno.cron("a", "* * * * *", () => {
  Promise.reject(new Error("nobody awaits"));
});
setTimeout(() => console.log("not reached"), 1000);
