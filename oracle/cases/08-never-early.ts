// env: DENO_CRON_TEST_SCHEDULE_OFFSET=37
let n = 0;
let armed = Date.now();
const gaps: boolean[] = [];
Deno.cron("a", "* * * * *", () => {
  gaps.push(Date.now() - armed >= 37);
  if (++n === 8) {
    console.log(gaps.join(" "));
    Deno.exit(0);
  }
  armed = Date.now();
});
