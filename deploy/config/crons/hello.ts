// What the example configurations load.
Deno.cron("hello", "*/5 * * * *", () => {
  console.log("ding");
});
