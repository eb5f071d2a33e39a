for (const n of ["SUN", "sun", "Mon", "mOn", "TUE", "TUES", "WED", "THU", "THUR", "FRI", "SAT", "MONDAY", "MO", "JAN", "MON,FRI", "MON-FRI", "FRI-MON", "MON-FRI/2", "MON/2", "2-FRI", "MON-6", "SUN-SAT", "SAT-SUN", "0", "1", "7", "8", "0-6", "1-7", "7-1", "\u017fUN", "FR\u0131"]) {
  console.log(accepts(`* * * * ${n}`), accepts(`* * * ${n} *`), n);
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
