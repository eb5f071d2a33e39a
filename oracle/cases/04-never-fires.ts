// differs: Deno panics as soon as it computes the first deadline; here the cron waits for ever, with a warning
Deno.cron("never", "0 0 30 2 *", () => {});
await new Promise((resolve) => setTimeout(resolve, 50));
console.log("still here");
Deno.exit(0);
