// The Deno namespace of the operating system: env, args, exit, process and system facts.
import {
  op_os_args,
  op_os_env_all,
  op_os_env_delete,
  op_os_env_get,
  op_os_env_set,
  op_os_exec_path,
  op_os_exit,
  op_os_exit_code,
  op_os_facts,
  op_os_gid,
  op_os_hostname,
  op_os_loadavg,
  op_os_main_module,
  op_os_memory_usage,
  op_os_network_interfaces,
  op_os_release,
  op_os_set_exit_code,
  op_os_system_memory_info,
  op_os_uid,
  op_os_uptime,
} from "ext:core/ops";
import { core } from "ext:core/mod.js";
import { resolveDns } from "ext:os/dns.js";
import { files } from "ext:os/files.js";

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

function networkInterfaces() {
  const flat = op_os_network_interfaces();
  const list = [];
  for (let i = 0; i < flat.length; i += 7) {
    list.push({
      __proto__: null,
      family: flat[i],
      name: flat[i + 1],
      address: flat[i + 2],
      netmask: flat[i + 3],
      scopeid: flat[i + 4] === "" ? null : Number(flat[i + 4]),
      cidr: flat[i + 5],
      mac: flat[i + 6],
    });
  }
  return list;
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
  execPath: plain(function execPath() {
    return op_os_exec_path();
  }),
  hostname: plain(function hostname() {
    return op_os_hostname();
  }),
  osRelease: plain(function osRelease() {
    return op_os_release();
  }),
  osUptime: plain(function osUptime() {
    return op_os_uptime();
  }),
  loadavg: plain(function loadavg() {
    return [...op_os_loadavg()];
  }),
  uid: plain(function uid() {
    return op_os_uid();
  }),
  gid: plain(function gid() {
    return op_os_gid();
  }),
  systemMemoryInfo: plain(function systemMemoryInfo() {
    return { __proto__: null, ...op_os_system_memory_info() };
  }),
  memoryUsage: plain(function memoryUsage() {
    return { ...op_os_memory_usage() };
  }),
  networkInterfaces: plain(networkInterfaces),
  resolveDns: plain(resolveDns),
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

for (const name of Object.keys(files)) {
  own[name] = plain(files[name]);
}

defineProperties(Deno, own);

for (const name of ["permissions", "Permissions", "PermissionStatus"]) {
  core.defineLazy(Deno, name, "ext:os/permissions.js", name);
}
