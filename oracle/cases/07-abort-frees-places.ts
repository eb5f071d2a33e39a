const closer = new AbortController();
for (let i = 0; i < 101; i++) Deno.cron("c" + i, "0 0 1 1 *", i < 3 ? { signal: closer.signal } : {}, () => {});
const full = () => {
  try {
    Deno.cron("x" + Math.random().toString().slice(2), "0 0 1 1 *", () => {});
    return "taken";
  } catch (e) {
    return (e as Error).message;
  }
};
console.log(full());
closer.abort();
console.log(full(), full(), full(), full());
Deno.exit(0);
