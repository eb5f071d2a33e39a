// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
// differs: in Deno closing a running cron gives its slot away at once, so 51 run; here it keeps it until it ends
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const closer = new AbortController();
let running = 0;
for (let i = 0; i < 52; i++) {
  const options = i === 0 ? { signal: closer.signal } : {};
  Deno.cron("c" + i, "* * * * *", options, () => (running++, new Promise<void>(() => {})));
}
while (running < 50) await wait(5);
await wait(50);
closer.abort();
await wait(300);
console.log("running", running);
Deno.exit(0);
