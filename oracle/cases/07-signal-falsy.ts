// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
for (const signal of [null, undefined, 0, "", false, NaN]) {
  Deno.cron("signal " + String(signal).replace(/\W/g, "-"), "* * * * *", { signal } as Deno.CronOptions, () => {
    if (++n === 6) {
      console.log("all ran");
      Deno.exit(0);
    }
  });
}
