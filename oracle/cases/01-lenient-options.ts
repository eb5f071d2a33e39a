attempt("a", "* * * * *", null, () => {});
attempt("b", "* * * * *", undefined, () => {});
attempt("c", "* * * * *", 5, () => {});
attempt("d", "* * * * *", "options", () => {});
attempt("e", "* * * * *", () => {}, undefined);
attempt("f", "* * * * *", true, () => {});
attempt("g", "* * * * *", [], () => {});
attempt("h", "* * * * *", { timezone: "Europe/Berlin", overlap: "skip" }, () => {});
attempt("i", "* * * * *", () => {}, undefined, "fifth", () => {});
attempt("j", "* * * * *", {}, () => {}, "fifth");
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
