console.log("before");
Deno.cron("a".repeat(65), "* * * * *", () => {});
console.log("never");
