// env: DENO_CRON_TEST_SCHEDULE_OFFSET=400
let n = 0;
Deno.cron("a", "* * * * *", () => {
  n++;
  Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", "1000000");
  setTimeout(() => {
    console.log("after:", n);
    Deno.exit(0);
  }, 100);
});
setTimeout(() => {
  const until = performance.now() + 700;
  while (performance.now() < until);
  console.log("while blocked:", n);
}, 5);
