// env: DENO_CRON_TEST_SCHEDULE_OFFSET=500
// differs: in Deno the deadline of a closed cron fires the next one of that name early; here it is gone
const closer = new AbortController();
Deno.cron("a", "* * * * *", { signal: closer.signal }, () => {});
await new Promise((r) => setTimeout(r, 5));
closer.abort();
Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", "100000");
let early = false;
Deno.cron("a", "* * * * *", () => void (early = true));
setTimeout(() => {
  console.log("ran early:", early);
  Deno.exit(0);
}, 900);
