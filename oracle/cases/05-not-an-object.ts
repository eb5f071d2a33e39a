const { parseScheduleToString } = (Deno as unknown as Record<symbol, { parseScheduleToString(s: unknown): string }>)[(Deno as unknown as { internal: symbol }).internal];
function show(schedule: unknown) {
  try {
    console.log(JSON.stringify(parseScheduleToString(schedule)));
  } catch (e) {
    const { name, message } = e as Error;
    console.log(message.startsWith("Invalid cron") ? name + ": " + message : name);
  }
}
for (const schedule of ["anything at all", "", 5, true, false, Symbol("x"), 5n, [], () => {}, new String("0 0 * * *"), new Date(0), {}, [1, 2], null, { minute: null }, { hour: null }, { minute: { exact: null } }, { minute: { exact: {} } }, { minute: { start: Symbol("x") } }]) show(schedule);
