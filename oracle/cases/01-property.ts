const { get, ...rest } = Object.getOwnPropertyDescriptor(Deno, "cron")!;
console.log(typeof get, get!.name, rest);
console.log(Deno.cron.length, Deno.cron.name, Deno.cron, Deno.cron === Deno.cron);
console.log("cron" in Deno, Object.keys(Deno).includes("cron"), typeof Deno.cron);
try {
  (Deno as { cron: unknown }).cron = 1;
} catch (e) {
  console.log((e as Error).name);
}
Object.defineProperty(Deno, "cron", { value: 7 });
console.log(Deno.cron);
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}
Deno.exit(0);
