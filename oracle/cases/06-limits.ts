const hour = 3600000;
attempt("a", "* * * * *", { backoffSchedule: [1, 2, 3, 4, 5] }, () => {});
attempt("b", "* * * * *", { backoffSchedule: [1, 2, 3, 4, 5, 6] }, () => {});
attempt("c", "* * * * *", { backoffSchedule: [hour] }, () => {});
attempt("d", "* * * * *", { backoffSchedule: [hour + 1] }, () => {});
attempt("e", "* * * * *", { backoffSchedule: [hour + 0.9] }, () => {});
attempt("f", "* * * * *", { backoffSchedule: [0, 0.5, -1, -1e300, NaN] }, () => {});
attempt("g", "* * * * *", { backoffSchedule: [Infinity] }, () => {});
attempt("h", "* * * * *", { backoffSchedule: [2 ** 32] }, () => {});
attempt("i", "* * * * *", { backoffSchedule: [2 ** 32 + 5] }, () => {});
attempt("j", "* * * * *", { backoffSchedule: [] }, () => {});
attempt("k", "* * * * *", { backoffSchedule: [-Infinity] }, () => {});
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}

Deno.exit(0);
