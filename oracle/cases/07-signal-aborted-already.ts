// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
// differs: Deno ignores a signal that is aborted already and runs the cron for ever; here it is closed at once
let n = 0;
Deno.cron("a", "* * * * *", { signal: AbortSignal.abort() }, () => void n++).then(() => console.log("closed"));
setTimeout(() => {
  console.log(n > 0 ? "ran" : "did not run");
  Deno.exit(0);
}, 50);
