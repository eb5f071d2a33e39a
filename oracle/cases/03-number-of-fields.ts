for (const s of ["", " ", "*", "* *", "* * *", "* * * *", "* * * * *", "* * * * * *", "0 * * * * *", "* * * * * 2026", "@hourly", "@daily", "every minute"]) {
  console.log(accepts(s), JSON.stringify(s));
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
