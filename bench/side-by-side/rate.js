// Runs per second through one script: 100 crons that are due again at once (DENO_CRON_TEST_SCHEDULE_OFFSET=0).
// Prints one JSON line per second of measurement after a warm-up. Arguments: warm-up seconds, measured seconds.
const warmUp = Number(Deno.args[0] ?? 10);
const measured = Number(Deno.args[1] ?? 5);
let runs = 0;

for (let i = 0; i < 100; i++) {
  Deno.cron(`rate ${i}`, "* * * * *", () => {
    runs++;
  });
}

const perSecond = [];
let last = 0, lastAt = performance.now(), seconds = 0;
setInterval(() => {
  const now = performance.now();
  if (++seconds > warmUp) perSecond.push(Math.round((runs - last) * 1000 / (now - lastAt)));
  last = runs;
  lastAt = now;
  if (perSecond.length === measured) {
    perSecond.sort((a, b) => a - b);
    console.log(JSON.stringify({ crons: 100, medianPerSecond: perSecond[measured >> 1], perSecond }));
    Deno.exit(0);
  }
}, 1000);
