[5, "5", "", true, false, {}, { length: 1, 0: 5 }, new Uint8Array(2), new Set([1]), Symbol("x"), 5n, () => {}, [5, "5"], [null], [undefined], [, 5], [true], [5n], [[5]], [{}], [new Number(5)], [NaN, "x"]]
  .forEach((backoffSchedule, i) => attempt("c" + i, "* * * * *", { backoffSchedule }, () => {}));
function attempt(...args: unknown[]) {
  try {
    (Deno.cron as (...args: unknown[]) => Promise<void>)(...args);
    console.log("ok");
  } catch (e) {
    console.log((e as Error).name + ": " + (e as Error).message);
  }
}

Deno.exit(0);
