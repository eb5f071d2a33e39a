// Removes files older than MAX_AGE_MINUTES from a scratch folder, and puts one there to have something to remove.
const folder = Deno.env.get("SCRATCH_DIR") ?? "./.carillon/scratch";
const maxAge = Number(Deno.env.get("MAX_AGE_MINUTES") ?? 10) * 60_000;

Deno.cron("clean scratch folder", "* * * * *", async () => {
  await Deno.mkdir(folder, { recursive: true });
  const now = Date.now();
  await Deno.writeTextFile(`${folder}/${now}.tmp`, "made to be removed\n");

  let kept = 0, removed = 0;
  for await (const entry of Deno.readDir(folder)) {
    if (!entry.isFile) continue;
    const path = `${folder}/${entry.name}`;
    const { mtime } = await Deno.stat(path);
    if (mtime !== null && now - mtime.getTime() > maxAge) {
      await Deno.remove(path);
      removed++;
    } else {
      kept++;
    }
  }
  console.log({ folder, kept, removed });
});
