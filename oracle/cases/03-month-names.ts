for (const n of ["JAN", "jan", "Jan", "jAn", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "SEPT", "OCT", "NOV", "DEC", "JANUARY", "JA", "J", "MON", "JAN,FEB", "JAN-MAR", "JAN-MAR/2", "JAN/3", "JAN-3", "1-MAR", "DEC-JAN", "JAN-", "-JAN", "L", "JANL", "JAN#1", "\u017fEP", "JA\u00d1"]) {
  console.log(accepts(`* * * ${n} *`), accepts(`* * ${n} * *`), accepts(`${n} * * * *`), n);
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
