// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const target = new EventTarget();
await Deno.cron("a", "* * * * *", { signal: target as AbortSignal }, () => {
  target.dispatchEvent(new Event("abort"));
});
console.log("closed");
const seen: unknown[] = [];
const odd = { addEventListener: (...args: unknown[]) => void seen.push(args[0], typeof args[1], args[2]) };
Deno.cron("b", "* * * * *", { signal: odd } as unknown as Deno.CronOptions, () => {});
console.log(seen);
Deno.exit(0);
