for (
  const d of ["L", "l", "LW", "lw", "Lw", "WL", "W", "L-", "L-0", "L-1", "L-01", "L-30", "L-31", "L-001", "L--1", "L+1", "L-W", "L-0W", "L-1W", "L-30W", "L-31W", "l-1", "L-1w",
    "15W", "15w", "0W", "1W", "31W", "32W", "015W", "W15", "15WL", "1-5W", "15W/2", "15W,16", "L,15", "15,L", "L/2", "*/L", "LL", "L-1-2", "5L", "5#2", "?", "*W", "*L", "H", "~"]
) {
  console.log(accepts(`0 0 ${d} * *`), accepts(`${d} * * * *`), d);
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
