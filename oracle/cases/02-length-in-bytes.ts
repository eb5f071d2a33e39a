attempt("x".repeat(65), "* * * * *", () => {});
attempt("x".repeat(64), "* * * * *", () => {});
attempt("\u00e9".repeat(33), "* * * * *", () => {});
attempt("\u00e9".repeat(32), "* * * * *", () => {});
attempt("\u20ac".repeat(22), "* * * * *", () => {});
attempt("\ud83d\ude00".repeat(17), "* * * * *", () => {});
attempt("\ud800".repeat(22), "* * * * *", () => {});
attempt("x".repeat(100000), "* * * * *", () => {});
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
