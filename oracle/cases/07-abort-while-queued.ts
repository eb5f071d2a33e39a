// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
// differs: in Deno a cron closed while it waits for a slot runs once more; here it does not
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const closer = new AbortController();
const finish: (() => void)[] = [];
for (let i = 0; i < 50; i++) Deno.cron("c" + i, "* * * * *", () => new Promise<void>((r) => finish.push(r)));
let ran = false;
Deno.cron("queued", "* * * * *", { signal: closer.signal }, () => void (ran = true));
while (finish.length < 50) await wait(5);
await wait(50);
closer.abort();
Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", "1000000");
for (const end of finish) end();
await wait(300);
console.log("ran", ran);
Deno.exit(0);
