// The same pseudo-random texts on both sides; each line says how many of a hundred were taken and which.
let seed = 20261121;
const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648, Math.floor(seed / 65536) % n);
const pick = <T>(list: T[]) => list[random(list.length)];
const tokens = ["*", "*", "*", ",", "-", "/", "#", "L", "W", "LW", "L-", "0", "1", "2", "5", "7", "12", "23", "31", "59", "MON", "fri", "JAN", "dec", " "];
const value = (max: number, names: string[]) => random(4) === 0 ? pick(names) : String(random(max + 2));
function item(max: number, names: string[]) {
  const base = pick(["*", value(max, names), value(max, names) + "-" + value(max, names)]);
  return random(3) === 0 ? base + "/" + random(max) : base;
}
const field = (max: number, names: string[]) => random(5) === 0 ? item(max, names) + "," + item(max, names) : item(max, names);
for (let line = 0; line < 40; line++) {
  let taken = "";
  for (let i = 0; i < 100; i++) {
    const none = ["x"];
    let text = [field(59, none), field(23, none), random(3) ? field(31, none) : pick(["L", "LW", "L-" + random(33), random(34) + "W", "L-" + random(33) + "W"]),
      field(12, ["JAN", "feb", "Dec"]), random(3) ? field(7, ["SUN", "mon", "Fri"]) : pick(["L", random(9) + "L", random(9) + "#" + random(7), "friL", "SAT#5"])].join(" ");
    if (random(3) === 0) {
      const at = random(text.length);
      text = text.slice(0, at) + pick(tokens) + text.slice(at + random(2));
    }
    if (accepts(text)) taken += i.toString(36) + ".";
  }
  console.log(taken);
}
function accepts(schedule: string): boolean {
  const closer = new AbortController();
  try {
    Deno.cron("probe", schedule, { signal: closer.signal }, () => {});
    closer.abort();
    return true;
  } catch (e) {
    if ((e as Error).message.startsWith("Invalid cron schedule")) return false;
    throw e;
  }
}
Deno.exit(0);
