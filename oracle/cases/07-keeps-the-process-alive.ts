Deno.cron("a", "0 0 1 1 *", () => {});
Deno.unrefTimer(setTimeout(() => {
  console.log("still alive");
  Deno.exit(3);
}, 100));
