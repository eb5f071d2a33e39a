attempt("a", "* * * * *", () => {}, () => {});
attempt("a", "* * * * *", () => {}, null);
attempt("a", "* * * * *", () => {}, {});
attempt("a", "* * * * *", () => {}, { backoffSchedule: [] });
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
