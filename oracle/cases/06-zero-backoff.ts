// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
let timer = false;
setTimeout(() => (timer = true), 5);
Deno.cron("a", "* * * * *", { backoffSchedule: [0, 0, 0, 0, 0] }, async () => {
  if (++n <= 6) console.log("attempt", n);
  if (timer && n > 6) {
    console.log("timers are not starved");
    Deno.exit(0);
  }
  if (n < 6) throw "again";
});
