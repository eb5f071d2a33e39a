const seen = ["*/1 * * * *", "*/30 * * * *", "18,38,58 * * * *", "0 */12 * * *", "30 0-14 * * *", "* 0-3,10-23 * * *", "0 0,12 * * *", "0 0 */1 * *", "0 0 26 * *", "0 8 * * 1,3,4", "0 16 * * 1-5", "* */4 * * 4", "0 15 * * TUE", "0 2 * * 0", "0 17 * * 0", "*/1 * * *", "0 0 */2 * * ", "0 0 30 2 *", "0 0 L-30 2 *"];
for (const s of seen) console.log(accepts(s), JSON.stringify(s));
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
