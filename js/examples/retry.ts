// A job whose source is flaky: the first two attempts of every run fail, the third gets through. Deno waits the times
// of backoffSchedule between attempts; the run page shows all three with their errors.
class UpstreamError extends Error {
  override name = "UpstreamError";
}

let calls = 0;

async function readFlakySource(): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (++calls % 3 !== 0) throw new UpstreamError(`price list not ready (call ${calls})`);
  return ["bell bronze", "rope", "clapper"];
}

Deno.cron("import price list", "*/2 * * * *", { backoffSchedule: [500, 2_000] }, async () => {
  const items = await readFlakySource();
  console.log(`imported ${items.length} prices:`, items);
});
