// Every row of the permission table that our functions reach, asked under the flags given: on Deno and here the lines
// must be the same. Prints states, refusals and what revoking does.
// deno-lint-ignore-file no-explicit-any
const t = async (name: string, f: () => unknown) => {
  try {
    const value = await f();
    console.log(name, "->", typeof value === "object" ? typeof value : value);
  } catch (e) {
    const error = e as Error;
    console.log(name, "!!", error.constructor.name, error.name, error.message, Object.keys(error).join());
  }
};
const D = Deno as any;
const state = (descriptor: any) =>
  t(`query ${JSON.stringify(descriptor)}`, () => {
    const status = D.permissions.querySync(descriptor);
    return `${status.state} ${status.partial}`;
  });
const dir = Deno.args[0];

for (
  const descriptor of [
    { name: "net" }, { name: "net", host: "example.com" }, { name: "net", host: "example.com:80" },
    { name: "net", host: "EXAMPLE.com:80" }, { name: "net", host: "a b" }, { name: "net", host: "http://x" },
    { name: "net", host: "10.1.2.3" }, { name: "net", host: "11.1.2.3" }, { name: "net", host: "[::1]:80" },
    { name: "net", host: "::1" }, { name: "net", host: "x:99999" }, { name: "net", host: "" },
    { name: "net", host: "*.example.org" }, { name: "net", host: "a.example.org" }, { name: "net", host: "example.org" },
    { name: "net", host: "other.com:90" }, { name: "net", host: "other.com:91" }, { name: "net", host: "unix:/tmp/x" },
    { name: "env" }, { name: "env", variable: "FOO" }, { name: "env", variable: "FOO2" }, { name: "env", variable: "BAR_X" },
    { name: "env", variable: "IGN" }, { name: "sys" }, { name: "sys", kind: "hostname" }, { name: "sys", kind: "uid" },
    { name: "sys", kind: "bogus" }, { name: "read" }, { name: "read", path: dir }, { name: "read", path: `${dir}/a/../a` },
    { name: "read", path: `${dir}/secret/x` }, { name: "read", path: `${dir}x` }, { name: "read", path: "" },
    { name: "write", path: dir }, { name: "run" }, { name: "run", command: "ls" }, { name: "ffi" }, { name: "import" },
    { name: "foo" }, {},
  ]
) await state(descriptor);

await t("same object", () => D.permissions.querySync({ name: "env" }) === D.permissions.querySync({ name: "env" }));
await t("async", async () => (await D.permissions.query({ name: "env" })).state);
await t("async bad", () => D.permissions.query({ name: "foo" }));
await t("null", () => D.permissions.query(null));
await t("ctor", () => new D.Permissions());
await t("inspect", () => console.log(D.permissions.querySync({ name: "ffi" })));

for (const name of ["FOO", "FOO2", "BAR_X", "IGN", "NOPE"]) {
  await t(`env.get ${name}`, () => Deno.env.get(name));
  await t(`env.has ${name}`, () => Deno.env.has(name));
  await t(`env.set ${name}`, () => Deno.env.set(name, "v"));
  await t(`env.delete ${name}`, () => Deno.env.delete(name));
}
await t("env.toObject", () => Object.keys(Deno.env.toObject()).filter((k) => /FOO|BAR|IGN/.test(k)).join());

const paths = ["./x.txt", "x", "a/../b", "/etc/../nowhere/y", `${dir}/a/x`, `${dir}/secret/x`, `${dir}//a/./x`, ""];
for (const path of paths) {
  for (const name of ["readTextFile", "readFile", "stat", "lstat", "realPath"]) {
    await t(`${name} ${path}`, async () => typeof await D[name](path));
    await t(`${name}Sync ${path}`, () => typeof D[`${name}Sync`](path));
  }
  await t(`readDir ${path}`, () => [...Deno.readDirSync(path)].length);
  await t(`chdir ${path}`, () => Deno.chdir(path));
  await t(`writeTextFile ${path}`, () => Deno.writeTextFile(path, "x"));
  await t(`mkdir ${path}`, () => Deno.mkdir(path));
  await t(`remove ${path}`, () => Deno.removeSync(path));
  await t(`rename ${path}`, () => Deno.rename(path, "y"));
  await t(`copyFile ${path}`, () => Deno.copyFile(path, "y"));
}
await t("symlink", () => Deno.symlinkSync("a", "b"));
await t("symlink async", () => Deno.symlink("a", "b"));
await t("link", () => Deno.linkSync("a", "b"));
await t("makeTempDir", () => Deno.makeTempDirSync());
await t("makeTempFile", () => Deno.makeTempFile());
await t("makeTempDir dir", () => Deno.makeTempDir({ dir: "/nowhere" }));

for (const name of ["hostname", "osRelease", "osUptime", "loadavg", "systemMemoryInfo", "uid", "gid", "networkInterfaces"]) {
  await t(name, () => typeof D[name]());
}
for (const name of ["cwd", "execPath", "memoryUsage"]) await t(name, () => typeof D[name]());
for (const name of ["pid", "ppid", "build", "args", "exitCode", "noColor", "version", "mainModule"]) await t(name, () => typeof D[name]);

await t("fetch", () => fetch("https://refused.example/x"));
await t("fetch port", () => fetch("http://refused.example:81/x"));
await t("fetch denied", () => fetch("http://other.com:90/x"));
await t("fetch v6", () => fetch("http://[::1]:81/x"));
await t("fetch file", () => fetch("file:///nowhere/x"));

await t("no path", () => ["read", "write", "ffi"].map((name) => D.permissions.querySync({ name, path: "a\0b" }).state).join());
await t("no command", () => D.permissions.querySync({ name: "run", command: "a\0b" }).state);
await t("request no path", () => D.permissions.requestSync({ name: "read", path: "a\0b" }).state);

for (
  const descriptor of [
    { name: "read", path: `${dir}/a` }, { name: "net", host: "example.com:80" }, { name: "net", host: "other.com" },
    { name: "env", variable: "FOO" }, { name: "sys", kind: "hostname" }, { name: "write" }, { name: "run", command: "ls" },
  ]
) {
  await t(`revoke ${JSON.stringify(descriptor)}`, () => D.permissions.revokeSync(descriptor).state);
  await state(descriptor);
}
await t("change", () => {
  const status = D.permissions.querySync({ name: "read", path: `${dir}/b` });
  status.onchange = () => console.log("changed to", status.state);
  D.permissions.revokeSync({ name: "read" });
  return `${status.state} ${D.permissions.querySync({ name: "read", path: `${dir}/b` }).state}`;
});
await t("request", async () => (await D.permissions.request({ name: "ffi" })).state);
await t("after request", () => D.permissions.querySync({ name: "ffi" }).state);
await t("request denied", () => D.permissions.requestSync({ name: "net", host: "other.com:90" }).state);
