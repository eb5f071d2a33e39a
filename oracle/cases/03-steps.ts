const bases = ["*", "0", "1", "5", "1-5", "5-1", "*,5", ""];
const steps = ["0", "1", "2", "5", "6", "7", "10", "11", "12", "22", "23", "24", "29", "30", "31", "58", "59", "60", "61", "01", "001", "", "*", "-1", "x", "2/2"];
for (let f = 0; f < 5; f++) {
  for (const base of bases) {
    const parts = ["*", "*", "*", "*", "*"];
    console.log(f, JSON.stringify(base), steps.filter((step) => {
      parts[f] = base + "/" + step;
      return accepts(parts.join(" "));
    }).join(" "));
  }
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
