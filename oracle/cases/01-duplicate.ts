attempt("a", "0 0 * * *", () => {});
attempt("a", "* * * * *", () => {});
attempt("a", "not a schedule", () => {});
attempt("a", "* * * * *", { backoffSchedule: [99999999] }, () => {});
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
