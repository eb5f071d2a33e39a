for (const name of ["a", "A", " a", "a ", "a b", "a\tb", "a\nb", "a\fb", "a\rb", "_", "-", "0", "", " ", "\t", "x".repeat(64), "A-Z_0 9"]) {
  console.log(JSON.stringify(name));
  attempt(name, "* * * * *", () => {});
}
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
