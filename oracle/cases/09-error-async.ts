// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
async function deep() {
  await new Promise((r) => setTimeout(r, 1));
  throw new Error("after await");
}
Deno.cron("a", "* * * * *", { backoffSchedule: [] }, async () => {
  if (n++ === 1) Deno.exit(0);
  await deep();
});
