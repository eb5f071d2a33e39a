// The Deno namespace of the operating system. What is behind it is loaded by its use.
import { core } from "ext:core/mod.js";

const { Deno } = core;
const { defineProperty } = Object;

const ofProcess = () => core.loadLazy("ext:os/process.js");

// Facts, read when first asked for. A script may put something else in their place.
for (const name of ["args", "pid", "ppid", "noColor", "mainModule", "version", "build"]) {
  let value;
  let made = false;
  defineProperty(Deno, name, {
    get() {
      if (!made) {
        value = ofProcess().facts[name]();
        made = true;
      }
      return value;
    },
    set(replacement) {
      value = replacement;
      made = true;
    },
    enumerable: true,
    configurable: true,
  });
}

defineProperty(Deno, "exitCode", {
  get() {
    return ofProcess().exitCode();
  },
  set: function setExitCode(value) {
    ofProcess().setExitCode(value);
  },
  enumerable: false,
  configurable: false,
});

// Module -> what it exports to Deno; loaded when one of them is first used.
core.defineAllLazy(Deno, {
  "ext:os/process.js": ["env", "exit"],
  "ext:os/dns.js": ["resolveDns"],
  "ext:os/files.js": [
    "chdir", "chmod", "chmodSync", "copyFile", "copyFileSync", "cwd", "link", "linkSync", "lstat", "lstatSync",
    "makeTempDir", "makeTempDirSync", "makeTempFile", "makeTempFileSync", "mkdir", "mkdirSync", "readDir", "readDirSync",
    "readFile", "readFileSync", "readLink", "readLinkSync", "readTextFile", "readTextFileSync", "realPath", "realPathSync",
    "remove", "removeSync", "rename", "renameSync", "stat", "statSync", "symlink", "symlinkSync", "truncate",
    "truncateSync", "utime", "utimeSync", "writeFile", "writeFileSync", "writeTextFile", "writeTextFileSync",
  ],
  "ext:os/permissions.js": ["permissions", "Permissions", "PermissionStatus"],
  "ext:os/system.js": [
    "execPath", "hostname", "osRelease", "osUptime", "loadavg", "uid", "gid", "systemMemoryInfo", "memoryUsage",
    "networkInterfaces",
  ],
});
