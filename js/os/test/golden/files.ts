// Prints what the file functions return and throw; run on Deno and here, the lines must be the same.
const base = Deno.args[0];
Deno.chdir(base);
async function both(name: string, ...args: unknown[]) {
  for (const fn of [name + "Sync", name]) {
    try {
      // deno-lint-ignore no-explicit-any
      const value = await (Deno as any)[fn](...args);
      console.log(fn, JSON.stringify(args), "->", value === undefined ? "undefined" : JSON.stringify(value));
    } catch (e) {
      const error = e as Error & { code?: string };
      console.log(fn, JSON.stringify(args), "!!", error.constructor.name, error.name, error.message.replaceAll(base, "DIR"), error.code, Object.keys(error).join());
    }
  }
}
Deno.mkdirSync("dir");
Deno.writeTextFileSync("file", "h\u00e9llo\n");
Deno.writeTextFileSync("dir/inner", "x");
await both("readTextFile", "file");
await both("readTextFile", new URL("file://" + base + "/file"));
await both("readTextFile", "missing");
await both("readTextFile", "dir");
await both("readTextFile", "file/x");
await both("readTextFile", "");
await both("readTextFile", "a\0b");
await both("readFile", "file");
await both("readFile", "./missing");
await both("readFile", base + "/missing/../missing");
await both("writeTextFile", "out", "one");
await both("writeTextFile", "out", "two", { append: true });
await both("readTextFile", "out");
await both("writeTextFile", "out", "three", { createNew: true });
await both("writeTextFile", "never", "x", { create: false });
await both("writeTextFile", "dir", "x");
await both("writeTextFile", "missing/x", "x");
await both("writeFile", "bytes", new Uint8Array([1, 2, 255]));
await both("readFile", "bytes");
await both("mkdir", "dir");
await both("mkdir", "missing/deep");
await both("mkdir", "rec/deep", { recursive: true });
await both("mkdir", "file", { recursive: true });
await both("remove", "missing");
await both("remove", "dir");
await both("remove", "file/x");
await both("copyFile", "file", "copy");
await both("copyFile", "missing", "copy");
await both("copyFile", "file", "dir");
await both("copyFile", "dir", "copy2");
await both("rename", "missing", "y");
await both("rename", "file", "dir");
await both("rename", "dir", "file");
await both("rename", "copy", "copy");
await both("realPath", "dir/../file");
await both("realPath", "missing");
await both("stat", "missing");
await both("lstat", "missing");
await both("stat", "file/x");
for (const fn of ["statSync", "lstatSync"] as const) {
  const s = Deno[fn]("file");
  console.log(fn, s.isFile, s.isDirectory, s.isSymlink, s.size, s.mtime instanceof Date, typeof s.mode, s.mode! & 0o777, s.isFifo, s.isSocket, s.isBlockDevice, s.isCharDevice, s.nlink, typeof s.ino, typeof s.dev, typeof s.uid, typeof s.blksize, typeof s.blocks, s.ctime instanceof Date, Object.keys(s).join());
}
console.log((await Deno.stat("dir")).isDirectory, (await Deno.lstat("/proc/self")).isSymlink, (await Deno.stat("/proc/self")).isSymlink);
console.log([...Deno.readDirSync(".")].map((e) => `${e.name}:${e.isFile}:${e.isDirectory}:${e.isSymlink}:${Object.keys(e)}`).sort().join(" "));
const names = [];
for await (const e of Deno.readDir("rec")) names.push(e.name);
console.log(names.join());
await both("readDir", "missing").catch(() => {});
for (const p of ["missing", "file"]) {
  try { for (const _ of Deno.readDirSync(p)); } catch (e) { console.log("readDirSync", (e as Error).name, (e as Error).message); }
  try { for await (const _ of Deno.readDir(p)); } catch (e) { console.log("readDir", (e as Error).name, (e as Error).message); }
}
const dir = Deno.makeTempDirSync();
console.log(dir.startsWith("/tmp/"), Deno.statSync(dir).isDirectory, (Deno.statSync(dir).mode! & 0o777).toString(8), dir.slice(5).length);
Deno.removeSync(dir);
const dir2 = await Deno.makeTempDir({ dir: base, prefix: "pre_", suffix: "_suf" });
console.log(/^DIR\/pre_[0-9a-f]+_suf$/.test(dir2.replace(base, "DIR")), Deno.statSync(dir2).isDirectory);
const file = await Deno.makeTempFile({ dir: "dir", prefix: "p" });
console.log(file.startsWith(base + "/dir/p") || file.startsWith("dir/p"), file.startsWith("/"), Deno.statSync(file).size, (Deno.statSync(file).mode! & 0o777).toString(8));
await both("makeTempDir", { dir: "missing" }).catch(() => {});
await Deno.remove("rec", { recursive: true });
await both("remove", "missing", { recursive: true });
await both("stat", "rec");
Deno.writeTextFileSync("m", "x", { mode: 0o600 });
console.log((Deno.statSync("m").mode! & 0o777).toString(8));
Deno.writeFileSync("m", new TextEncoder().encode("longer"));
console.log(Deno.readTextFileSync("m"));
Deno.writeFileSync("bad", new Uint8Array([0x61, 0xff, 0xfe, 0x62, 0xe2, 0x82]));
console.log(JSON.stringify(Deno.readTextFileSync("bad")));
Deno.writeFileSync("bom", new Uint8Array([0xef, 0xbb, 0xbf, 0x62]));
console.log(JSON.stringify(Deno.readTextFileSync("bom")));
await both("chdir", "missing");
try { Deno.chdir("missing"); } catch (e) { console.log((e as Error).name, (e as Error).message); }
try { Deno.chdir("file"); } catch (e) { console.log((e as Error).name, (e as Error).message); }
Deno.chdir("dir");
console.log(Deno.cwd().replace(base, "DIR"), Deno.readTextFileSync("inner"));
Deno.chdir(new URL("file://" + base));
const ac = new AbortController();
ac.abort(new Error("stop"));
await Deno.readTextFile("file", { signal: ac.signal }).catch((e) => console.log("aborted", e.message));
await Deno.writeTextFile("file2", "x", { signal: ac.signal }).catch((e) => console.log("aborted", e.message));
