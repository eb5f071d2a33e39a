const internals = (Deno as unknown as Record<symbol, Record<string, (value?: unknown) => string>>)[(Deno as unknown as { internal: symbol }).internal];
console.log(internals.formatToCronSchedule(), internals.formatToCronSchedule(5), internals.formatToCronSchedule({ every: 5 }));
console.log(internals.parseScheduleToString({ minute: { every: 15 }, dayOfWeek: { start: 2, end: 6 } }));
