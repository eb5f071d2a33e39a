// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
const values: unknown[] = ["a string", "", "two\nlines", 42, -0, 5n, true, null, undefined, Symbol("s"), { a: 1, b: { c: [1, 2] } }, [1, "x"], new Map([["k", 1]]), () => 1, new Date(0), { toString: () => "custom" }, "%s %d", Object.create(null)];
let n = 0;
Deno.cron("a", "* * * * *", { backoffSchedule: [] }, () => {
  if (n === values.length) Deno.exit(0);
  throw values[n++];
});
