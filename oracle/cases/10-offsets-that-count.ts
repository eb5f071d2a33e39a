let n = 0;
const values = ["0", "1", "+1", "007", "20"];
for (const [i, value] of values.entries()) {
  Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", value);
  const closer = new AbortController();
  Deno.cron("c" + i, "0 0 1 1 *", { signal: closer.signal }, () => {
    closer.abort();
    if (++n === values.length) {
      console.log("all ran");
      Deno.exit(0);
    }
  });
}
