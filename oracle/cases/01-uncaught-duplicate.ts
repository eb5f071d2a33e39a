function register() {
  Deno.cron("nightly", "0 0 * * *", () => {});
}
register();
register();
