const blanks = [" ", "\t", "  ", " \t ", "\n", "\r", "\f", "\v", "\u00a0", "\u2003", "\u200b", "\ufeff", "\u0085", "\u2028", "\u3000", "\u1680", "\u180e", "\u202f", "\0"];
for (const b of blanks) {
  console.log(JSON.stringify(b), accepts(`*${b}* * * *`), accepts(`* * * *${b}*`), accepts(`${b}* * * * *`), accepts(`* * * * *${b}`), accepts(`* * ${b} * * *`));
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
