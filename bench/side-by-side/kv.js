// Operations of Deno KV a second, each awaited before the next: memory, then a file. Arguments: seconds of warm-up and of measuring.
const warmUpMs = 1000 * Number(Deno.args[0] ?? 5);
const measureMs = 1000 * Number(Deno.args[1] ?? 2);

async function perSecond(call) {
  const run = async (ms) => {
    const from = performance.now();
    let n = 0;
    while (performance.now() - from < ms) await call(n++);
    return n / ((performance.now() - from) / 1000);
  };
  await run(warmUpMs);
  return Math.round(await run(measureMs));
}

async function measure(where, kv) {
  const value = { name: "a value", at: 1_700_000_000_000, list: [1, 2, 3] };
  const ten = Array.from({ length: 10 }, (_, i) => ["ten", i]);
  for (const key of ten) await kv.set(key, value);
  for (let i = 0; i < 1000; i += 100) {
    const operation = kv.atomic();
    for (let j = 0; j < 100; j++) operation.set(["list", i + j], value);
    await operation.commit();
  }
  const row = {};
  row.set = await perSecond((n) => kv.set(["set", n % 1000], value));
  row.get = await perSecond((n) => kv.get(["ten", n % 10]));
  row["getMany(10)"] = await perSecond(() => kv.getMany(ten));
  row.atomic = await perSecond((n) =>
    kv.atomic().check({ key: ["none"], versionstamp: null }).set(["x", n % 1000], value).sum(["n"], 1n).commit()
  );
  row["list 1000"] = await perSecond(async () => {
    for await (const _ of kv.list({ prefix: ["list"] }));
  });
  let heard;
  kv.listenQueue(() => heard());
  row.queue = await perSecond((n) => {
    const done = new Promise((resolve) => heard = resolve);
    return kv.enqueue(n).then(() => done);
  });
  console.log(where, Object.entries(row).map(([name, rate]) => `${name} ${rate}`).join("  "));
  kv.close();
}

const folder = await Deno.makeTempDir();
await measure("memory", await Deno.openKv(":memory:"));
await measure("file  ", await Deno.openKv(`${folder}/kv`));
await Deno.remove(folder, { recursive: true });
