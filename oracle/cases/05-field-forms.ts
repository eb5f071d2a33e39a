const { parseScheduleToString } = (Deno as unknown as Record<symbol, { parseScheduleToString(s: unknown): string }>)[(Deno as unknown as { internal: symbol }).internal];
function show(schedule: unknown) {
  try {
    console.log(JSON.stringify(parseScheduleToString(schedule)));
  } catch (e) {
    const { name, message } = e as Error;
    console.log(message.startsWith("Invalid cron") ? name + ": " + message : name);
  }
}
const values = [0, 7, -1, 1.5, NaN, Infinity, 1e21, -0, { exact: 5 }, { exact: [1, 2] }, { exact: [] }, { exact: [1] }, { exact: ["MON", "fri"] }, { exact: "15" }, { exact: 0 },
  { every: 5 }, { every: 0 }, { start: 1 }, { start: 0 }, { start: 1, every: 2 }, { start: 1, end: 5 }, { start: 1, end: 5, every: 2 }, { start: 5, end: 1 }, { start: "MON", end: "FRI" },
  { exact: 3, every: 2 }, { exact: undefined, every: 2 }, { start: null }, { every: null }, { start: 1, end: null }, { exact: [1, null, 2] }, { exact: [[1, 2], 3] }];
for (const value of values) show({ minute: value });
