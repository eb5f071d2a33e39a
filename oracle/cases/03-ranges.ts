for (const s of ["1-5", "5-1", "5-5", "1-", "-5", "1--5", "1-5-7", "*-5", "5-*", "1-60", "60-1", "0-59", "59-0", "01-05", "1-5/", "/1-5", "1/1-5", "a-b", "1-b"]) {
  console.log(accepts(`${s} * * * *`), accepts(`* * * * ${s}`), s);
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
