for (const s of ["1,2", "1,1", "2,1", ",1", "1,", "1,,2", ",", "*,5", "5,*", "*,*", "1-2,4-5", "1-2/1,*/5", "1, 2", "1 ,2", "1;2", "1,2,3,4,5,6,7,8,9,10", "L,1", "1,L", "1W,2", "1,2W"]) {
  console.log(accepts(`${s} * * * *`), accepts(`* * ${s} * *`), s);
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
