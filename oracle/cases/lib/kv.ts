// What the cases of Deno KV share: say what a call gives, or how it fails.

function words(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;
}

/** What `call` gives or rejects with, and whether it threw at once. */
export async function tell(name: string, call: () => unknown) {
  let result;
  try {
    result = call();
  } catch (error) {
    console.log(name, "throws", words(error));
    return;
  }
  try {
    console.log(name, "->", await result);
  } catch (error) {
    console.log(name, "rejects", words(error));
  }
}

/** Only whether it goes through, and the class: for texts that are the engine's. */
export async function tellClass(name: string, call: () => unknown) {
  try {
    await call();
    console.log(name, "fine");
  } catch (error) {
    console.log(name, (error as Error).name);
  }
}

/** Entries without their versionstamps, which differ from run to run. */
export async function all(list: AsyncIterable<Deno.KvEntry<unknown>>) {
  const seen = [];
  for await (const { key, value } of list) seen.push([key, value]);
  return seen;
}

export function later(ms: number) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A key of one part that is `size` bytes when encoded. */
export function keyOf(size: number) {
  return [new Uint8Array(size - 2).fill(1)];
}
