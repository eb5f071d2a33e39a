import { tell } from "./lib/kv.ts";
const folder = Deno.realPathSync(Deno.makeTempDirSync());
const even = (name: string, call: () => unknown) =>
  tell(name, async () => {
    try {
      return await call();
    } catch (error) {
      (error as Error).message = (error as Error).message.replace(folder, "<folder>");
      throw error;
    }
  });
await even("no parent", () => Deno.openKv(folder + "/nowhere/kv"));
await even("folder", () => Deno.openKv(folder));
Deno.writeTextFileSync(folder + "/text", "this is no database, whoever looks at it");
await even("other file", () => Deno.openKv(folder + "/text"));
const kv = await Deno.openKv(folder + "/kv");
await kv.set(["a"], 1);
kv.close();
const again = await Deno.openKv("file://" + folder + "/kv");
console.log((await again.get(["a"])).value);
again.close();
Deno.removeSync(folder, { recursive: true });
