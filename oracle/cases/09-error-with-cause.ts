// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
function inner() {
  throw new TypeError("inner");
}
Deno.cron("a", "* * * * *", { backoffSchedule: [] }, () => {
  if (n++ === 1) Deno.exit(0);
  try {
    inner();
  } catch (cause) {
    throw new Error("outer", { cause });
  }
});
