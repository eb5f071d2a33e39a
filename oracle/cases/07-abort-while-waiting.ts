const closer = new AbortController();
const promise = Deno.cron("a", "0 0 1 1 *", { signal: closer.signal }, () => {});
closer.abort();
Deno.cron("a", "0 0 1 1 *", { signal: AbortSignal.timeout(20) }, () => {}).then(() => console.log("second closed"));
await promise;
console.log("first closed");
