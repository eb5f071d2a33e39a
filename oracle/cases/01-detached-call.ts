const { cron } = Deno;
console.log(cron("a", "* * * * *", () => {}) instanceof Promise);
console.log(Object.prototype.toString.call(cron.call(null, "b", "* * * * *", () => {})));
attempt("b", "* * * * *", () => {});
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
