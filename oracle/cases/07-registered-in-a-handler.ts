// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const closer = new AbortController();
Deno.cron("outer", "* * * * *", { signal: closer.signal }, () => {
  closer.abort();
  Deno.cron("inner", "* * * * *", () => {
    console.log("inner ran");
    Deno.exit(0);
  });
});
