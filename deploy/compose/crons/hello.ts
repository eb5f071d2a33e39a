// Fires on one of the two nodes each minute. Kill that node in mid-run, and the other takes the run over.
Deno.cron("hello", "* * * * *", async () => {
  console.log("ding");
  for (let second = 1; second <= 20; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    console.log(`${second} of 20 seconds of work`);
  }
  console.log("dong");
});
