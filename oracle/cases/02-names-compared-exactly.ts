for (const name of ["a", "A", " a", "a ", "a", " a ", " a", ""]) attempt(name, "* * * * *", () => {});
attempt("", "* * * * *", () => {});
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
