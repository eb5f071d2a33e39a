// How late 100 crons due at the same minute start. Prints one JSON line. Argument: how many minutes to watch.
const minutes = Number(Deno.args[0] ?? 2);
const count = 100;
const lags = [];
let seen = 0;

for (let i = 0; i < count; i++) {
  Deno.cron(`lag ${i}`, "* * * * *", () => {
    const now = performance.timeOrigin + performance.now();
    lags.push(now % 60_000);
    if (++seen === count * minutes) report();
  });
}

function report() {
  lags.sort((a, b) => a - b);
  const at = (q) => Number(lags[Math.min(lags.length - 1, Math.floor(q * lags.length))].toFixed(2));
  console.log(JSON.stringify({ crons: count, minutes, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }));
  Deno.exit(0);
}
