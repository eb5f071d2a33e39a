// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
// differs: in Deno closing a running cron gives its slot away at once, so 51 run; here it keeps it until it ends
const closer = new AbortController();
let running = 0;
for (let i = 0; i < 52; i++) {
  Deno.cron("c" + i, "* * * * *", i === 0 ? { signal: closer.signal } : {}, () => (running++, new Promise<void>(() => {})));
}
setTimeout(() => closer.abort(), 80);
setTimeout(() => {
  console.log("running", running);
  Deno.exit(0);
}, 160);
