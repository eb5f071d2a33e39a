// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const at: number[] = [];
Deno.cron("a", "* * * * *", () => {
  at.push(performance.now());
  if (at.length === 3) {
    console.log(at[1] - at[0] >= 99, at[1] - at[0] < 900, at[2] - at[1] >= 999, at[2] - at[1] < 3000);
    Deno.exit(0);
  }
  throw new Error("boom " + at.length);
});
