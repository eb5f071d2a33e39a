// The Deno namespace of the operating system: env, args, exit and facts of the process; the rest is loaded by its use.
import {
  op_os_args,
  op_os_env_all,
  op_os_env_delete,
  op_os_env_get,
  op_os_env_set,
  op_os_exit,
  op_os_exit_code,
  op_os_facts,
  op_os_main_module,
  op_os_set_exit_code,
} from "ext:core/ops";
import { core } from "ext:core/mod.js";

const { Deno } = core;
const { defineProperties, freeze } = Object;
const { isInteger } = Number;

const env = {
  get: function getEnv(key) {
    const value = op_os_env_get(String(key));
    return value === null ? undefined : value;
  },
  toObject: function toObject() {
    return { ...op_os_env_all() };
  },
  set: function setEnv(key, value) {
    op_os_env_set(String(key), String(value));
  },
  has: function has(key) {
    const value = op_os_env_get(String(key));
    return value !== null && value !== undefined;
  },
  delete: function deleteEnv(key) {
    op_os_env_delete(String(key));
  },
};

let unloaded = false;

function exit(code) {
  if (code !== undefined && code !== null) {
    op_os_set_exit_code(code | 0);
  }
  if (!unloaded) {
    unloaded = true;
    core.dispatch("unload");
  }
  op_os_exit(op_os_exit_code());
}

function setExitCode(value) {
  if (typeof value !== "number") {
    throw new TypeError(`Exit code must be a number, got: ${String(value)} (${typeof value})`);
  }
  if (!isInteger(value)) {
    throw new RangeError(`Exit code must be an integer, got: ${value}`);
  }
  op_os_set_exit_code(value | 0);
}

// Read when first asked for: most scripts ask for none of it, and starting a script should not cost it.
let facts;
function fact(name) {
  facts ??= op_os_facts();
  return facts[name];
}

function lazy(name, make) {
  let value;
  let made = false;
  return {
    get() {
      if (!made) {
        value = make();
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
  };
}

function plain(value) {
  return { value, writable: true, enumerable: true, configurable: true };
}

const own = {
  env: plain(env),
  exit: plain(exit),
  args: lazy("args", () => [...op_os_args()]),
  pid: lazy("pid", () => fact("pid")),
  ppid: lazy("ppid", () => fact("ppid")),
  noColor: lazy("noColor", () => fact("noColor")),
  mainModule: lazy("mainModule", () => op_os_main_module()),
  version: lazy("version", () => ({
    deno: fact("deno"),
    v8: fact("engine"),
    typescript: fact("typescript"),
    carillon: fact("carillon"),
  })),
  build: lazy("build", () =>
    freeze({
      target: fact("target"),
      arch: fact("arch"),
      os: fact("os"),
      vendor: fact("vendor"),
      env: fact("env") === "" ? undefined : fact("env"),
      standalone: false,
    })),
  exitCode: {
    get() {
      return op_os_exit_code();
    },
    set: setExitCode,
    enumerable: false,
    configurable: false,
  },
};

defineProperties(Deno, own);

// Module -> what it exports to Deno; loaded when one of them is first used.
const LATER = {
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
};
for (const specifier of Object.keys(LATER)) {
  for (const name of LATER[specifier]) core.defineLazy(Deno, name, specifier, name);
}
