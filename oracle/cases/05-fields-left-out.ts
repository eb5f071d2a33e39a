const { parseScheduleToString } = (Deno as unknown as Record<symbol, { parseScheduleToString(s: unknown): string }>)[(Deno as unknown as { internal: symbol }).internal];
function show(schedule: unknown) {
  try {
    console.log(JSON.stringify(parseScheduleToString(schedule)));
  } catch (e) {
    const { name, message } = e as Error;
    console.log(message.startsWith("Invalid cron") ? name + ": " + message : name);
  }
}
const keys = ["minute", "hour", "dayOfMonth", "month", "dayOfWeek"];
for (let mask = 0; mask < 32; mask++) {
  show(Object.fromEntries(keys.filter((_, i) => mask >> i & 1).map((key) => [key, 3])));
}
show({ minute: undefined, hour: 4 });
show({ minutes: 5, second: 1 });
show(Object.create({ hour: 5 }));
