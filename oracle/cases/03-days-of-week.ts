for (
  const d of ["L", "l", "1L", "7L", "0L", "8L", "01L", "001L", "MONL", "monL", "MONl", "MON L", "SUN-L", "L-1", "1-5L", "1,2L", "2L,3", "*L", "LL", "#", "#1", "2#", "2#0", "2#1", "2#5", "2#6",
    "2#01", "2#001", "MON#1", "mon#5", "MON#MON", "0#1", "8#1", "2##1", "2#1#1", "2#1,3#2", "2#1/2", "1-5#2", "*#1", "15W", "W", "LW", "?"]
) {
  console.log(accepts(`0 0 * * ${d}`), accepts(`0 0 1 * ${d}`), d);
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
