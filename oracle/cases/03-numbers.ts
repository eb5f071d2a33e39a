const fields = [[0, 59], [0, 23], [1, 31], [1, 12], [1, 7]];
for (let f = 0; f < 5; f++) {
  const results = [];
  for (const v of [...Array(64).keys(), "00", "05", "005", "+5", "-5", "0x5", "5.0", "5e0", "\u0665", "", "a", "99", "100", "1 "]) {
    const parts = ["*", "*", "*", "*", "*"];
    parts[f] = String(v);
    if (accepts(parts.join(" "))) results.push(v);
  }
  console.log(fields[f], results.join(","));
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
