for (let i = 0; i < 101; i++) Deno.cron("c" + i, "* * * * *", () => {});
attempt("one more", "* * * * *", () => {});
attempt("c5", "* * * * *", () => {});
attempt("bad.name", "* * * * *", () => {});
attempt("one more", "bad", () => {});
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
