Deno.cron("a", "0 0 1 1 *", { signal: AbortSignal.timeout(30) }, () => {}).then(() => console.log("closed"));
addEventListener("unload", () => console.log("unload"));
