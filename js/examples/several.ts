// Several crons in one file share its state: one collects, one summarises, and one switches itself off.
import { duration } from "./lib/format.ts";

const samples: number[] = [];

Deno.cron("collect timer lag", "* * * * *", async () => {
  for (let i = 0; i < 5; i++) {
    const before = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 10));
    samples.push(performance.now() - before - 10);
  }
  console.debug("samples so far:", samples.length);
});

Deno.cron("summarise timer lag", "*/5 * * * *", () => {
  if (samples.length === 0) return console.warn("nothing collected yet");
  const sorted = samples.splice(0).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`timer lag: median ${duration(median)}, worst ${duration(sorted.at(-1)!)}, n=${sorted.length}`);
});

const once = new AbortController();
Deno.cron("warm the cache once", "* * * * *", { signal: once.signal }, () => {
  console.info("cache is warm; this cron needs no second run");
  once.abort();
});

Deno.cron("weekday opening", "0 9 * * MON-FRI", () => console.log("good morning"));
