// How late 100 crons due at the same minute start. Prints one JSON line for each minute: the first runs code nobody has run
// before. Argument: how many minutes to watch.
const minutes = Number(Deno.args[0] ?? 2);
const count = 100;
let minute = 0;
let lags = [];

for (let i = 0; i < count; i++) {
  Deno.cron(`lag ${i}`, "* * * * *", () => {
    const now = performance.timeOrigin + performance.now();
    lags.push(now % 60_000);
    if (lags.length === count) report();
  });
}

function report() {
  lags.sort((a, b) => a - b);
  const at = (q) => Number(lags[Math.min(count - 1, Math.floor(q * count))].toFixed(2));
  console.log(JSON.stringify({ minute: ++minute, crons: count, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }));
  lags = [];
  if (minute === minutes) Deno.exit(0);
}
