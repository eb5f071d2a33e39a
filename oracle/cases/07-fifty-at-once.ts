// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const started: number[] = [];
const finish: (() => void)[] = [];
for (let i = 0; i < 60; i++) {
  Deno.cron("c" + i, "* * * * *", () => {
    started.push(i);
    return new Promise<void>((resolve) => finish.push(resolve));
  });
}
while (started.length < 50) await wait(5);
await wait(100);
console.log(started.length, started.join(" ") === [...Array(50).keys()].join(" "));
Deno.env.set("DENO_CRON_TEST_SCHEDULE_OFFSET", "1000000");
finish[7]();
finish[3]();
while (started.length < 52) await wait(5);
await wait(100);
console.log(started.length, started.slice(50).join(" "));
Deno.exit(0);
