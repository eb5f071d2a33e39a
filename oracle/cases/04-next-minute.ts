// background: waits for the next full minute
const due = (Math.floor(Date.now() / 60000) + 1) * 60000;
let started = 0;
for (const [name, schedule] of [["star", "* * * * *"], ["step", "*/1 * * * *"], ["range", "0-59 0-23 * JAN-DEC *"], ["either", "* * 1-31 * MON"], ["week", "* * * * SUN-SAT"], ["object", "0-59/1 */1 */1 */1 *"]]) {
  Deno.cron(name, schedule, () => {
    const late = Date.now() - due;
    console.log(name, late >= 0, late < 5000);
    if (++started === 6) Deno.exit(0);
  });
}
Deno.cron("leap day", "0 0 29 2 *", () => console.log("not today"));
