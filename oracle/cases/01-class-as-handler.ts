attempt("a", "* * * * *", class {});
attempt("b", "* * * * *", function () {});
attempt("c", "* * * * *", async () => {});
attempt("d", "* * * * *", function* () {});
attempt("e", "* * * * *", Math.max);
attempt("f", "* * * * *", new Proxy(() => {}, {}));
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
