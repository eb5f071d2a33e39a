// env: DENO_CRON_TEST_SCHEDULE_OFFSET=30
const handlers: [string, () => unknown][] = [
  ["returns an error", () => new Error("value")],
  ["returns false", () => false],
  ["resolves with an error", () => Promise.resolve(new Error("value"))],
  ["returns a number", () => 42],
  ["throws", () => { throw "thrown"; }],
  ["rejects", () => Promise.reject("rejected")],
  ["rejects late", async () => { await new Promise((r) => setTimeout(r, 5)); throw "late"; }],
  ["thenable that rejects", () => ({ then: (_: unknown, reject: (e: unknown) => void) => reject("thenable") })],
];
for (const [name, handler] of handlers) {
  await new Promise<void>((done) => {
    const closer = new AbortController();
    let calls = 0, first = 0;
    Deno.cron(name, "* * * * *", { backoffSchedule: [400], signal: closer.signal }, () => {
      if (++calls === 1) {
        first = performance.now();
        return handler() as void;
      }
      console.log(name, performance.now() - first > 300 ? "was retried" : "was a success");
      closer.abort();
      done();
    });
  });
}
Deno.exit(0);
