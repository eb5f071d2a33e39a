// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let stuck = 0, free = 0;
Deno.cron("stuck", "* * * * *", () => (stuck++, new Promise<void>(() => {})));
Deno.cron("free", "* * * * *", () => {
  if (++free === 5) {
    console.log(stuck, free);
    Deno.exit(0);
  }
});
