const { core } = (Deno as unknown as Record<symbol, { core: { resources(): Record<number, string>; close(rid: number): void } }>)[(Deno as unknown as { internal: symbol }).internal];
const promise = Deno.cron("a", "0 0 1 1 *", () => {});
const rid = Object.keys(core.resources()).map(Number).find((rid) => core.resources()[rid] === "cron")!;
console.log(typeof rid, core.resources()[rid]);
core.close(rid);
await promise;
console.log("closed", rid in core.resources());
try {
  core.close(rid);
} catch (e) {
  console.log((e as Error).name, (e as Error).message);
}
Deno.cron("a", "0 0 1 1 *", () => {});
console.log("name is free");
Deno.exit(0);
