// differs: in Deno a bad signal throws after registration and the name stays taken; here it is free
try {
  Deno.cron("a", "* * * * *", { signal: {} as AbortSignal }, () => {});
} catch (e) {
  console.log((e as Error).name);
}
try {
  Deno.cron("a", "* * * * *", () => {});
  console.log("name is free");
} catch (e) {
  console.log((e as Error).message);
}
Deno.exit(0);
