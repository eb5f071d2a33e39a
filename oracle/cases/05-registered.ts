const cases: unknown[] = [{}, { minute: 60 }, { minute: 1.5 }, { minute: -1 }, { minute: NaN }, { minute: { exact: [] } }, { minute: [1, 2] }, { dayOfWeek: 0 }, { dayOfWeek: 8 }, { dayOfWeek: { start: "MON", end: "FRI" } },
  { hour: { every: 2 } }, { month: { every: 3 } }, { month: 3, dayOfWeek: 2 }, { dayOfMonth: 1, dayOfWeek: 2 }, { minute: { every: 60 } }, { hour: { start: 22, end: 2 } }, { dayOfMonth: 32 }, 5, [], true, new String("not a schedule")];
cases.forEach((schedule, i) => attempt("c" + i, schedule, () => {}));
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}

Deno.exit(0);
