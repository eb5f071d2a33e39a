// env: DENO_CRON_TEST_SCHEDULE_OFFSET=0
let n = 0;
for (const name of ["c", "a", "b", "10", "9"]) {
  Deno.cron(name, "0 0 1 1 *", () => {
    console.log(name);
    if (++n === 5) Deno.exit(0);
  });
}
