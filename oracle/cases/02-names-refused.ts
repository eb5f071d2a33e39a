for (
  const name of [
    "a.b", "a/b", "a:b", "a\u000bb", "a\u00a0b", "\u00e9", "a\u0000", "a\u0660", "\ud83d\ude00", "\ud800", "a+b", "a'b",
    "(a)", "a,b", "a*", "a@b", "a\u2003b", "\ufeff", "a\u200bb", "\u0085",
  ]
) {
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
