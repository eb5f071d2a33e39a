// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let running = 0, most = 0, n = 0;
Deno.cron("a", "* * * * *", async () => {
  most = Math.max(most, ++running);
  await new Promise((r) => setTimeout(r, 10));
  running--;
  if (++n === 5) {
    console.log("at most", most);
    Deno.exit(0);
  }
});
