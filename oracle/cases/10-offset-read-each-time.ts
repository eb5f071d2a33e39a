let n = 0;
Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", "0");
Deno.cron("a", "0 0 1 1 *", () => {
  if (++n === 3) Deno.env.delete("DENO_CRON_TEST_SCHEDULE_OFFSET");
});
setTimeout(() => {
  console.log(n);
  Deno.exit(0);
}, 100);
