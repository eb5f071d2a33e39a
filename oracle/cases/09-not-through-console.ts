// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
console.error = () => console.log("console.error was called");
console.log("start");
addEventListener("unhandledrejection", () => console.log("unhandledrejection"));
addEventListener("error", () => console.log("error event"));
let n = 0;
Deno.cron("a", "* * * * *", { backoffSchedule: [0] }, async () => {
  if (n++ === 2) Deno.exit(0);
  await null;
  throw "thrown";
});
