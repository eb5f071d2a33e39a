attempt(undefined, undefined);
attempt(undefined, null);
attempt("a", {}, () => {}, () => {});
attempt("a", { minute: {} }, () => {}, () => {});
attempt("bad.name", "* * * * *");
attempt("bad.name", "* * * * *", { backoffSchedule: "x" }, () => {});
attempt("bad.name", "x", { backoffSchedule: [9e9] }, () => {});
attempt("x".repeat(65) + ".", "x", () => {});
attempt("a", "x", { backoffSchedule: [9e9] }, () => {});
attempt("a", "x", { backoffSchedule: ["9"] }, () => {});
attempt("a", "* * * * *", { backoffSchedule: [9e9] }, () => {});
attempt("a", "* * * * *", { backoffSchedule: [9e9], signal: 5 }, () => {});
attempt("a", "* * * * *", () => {});
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
