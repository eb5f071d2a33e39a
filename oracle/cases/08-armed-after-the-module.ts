// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
// The first deadline is computed once the code that registers has ended: what it sets counts.
let n = 0;
Deno.cron("a", "0 0 1 1 *", () => {
  n++;
});
Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", "1000000");
setTimeout(() => {
  console.log(n);
  Deno.exit(0);
}, 60);
