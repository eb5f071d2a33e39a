for (const [i, value] of ["-5", "1.5", " 10", "", "x", "0x10", "1e1", "10ms", "- 1", "1_0"].entries()) {
  Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", value);
  Deno.cron("c" + i, "0 0 1 1 *", () => console.log("ran with", JSON.stringify(value)));
}
setTimeout(() => {
  console.log("none ran");
  Deno.exit(0);
}, 150);
