// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
await Deno.cron("a", "* * * * *", () => {
  console.log("run", ++n);
  if (n === 3) Deno.exit(0);
});
console.log("not reached");
