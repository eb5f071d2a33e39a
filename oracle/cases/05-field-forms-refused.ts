const { parseScheduleToString } = (Deno as unknown as Record<symbol, { parseScheduleToString(s: unknown): string }>)[(Deno as unknown as { internal: symbol }).internal];
function show(schedule: unknown) {
  try {
    console.log(JSON.stringify(parseScheduleToString(schedule)));
  } catch (e) {
    const { name, message } = e as Error;
    console.log(message.startsWith("Invalid cron") ? name + ": " + message : name);
  }
}
for (const value of [{}, { end: 5 }, { end: 5, every: 2 }, "5", true, false, 5n, Symbol("x"), { start: undefined }, { every: undefined }, { other: 1 }, new Date(0), /x/, { end: null }, { end: "x" }]) show({ hour: value });
show({ minute: 1, hour: 2, dayOfMonth: {} });
show({ dayOfWeek: { end: 5 } });
