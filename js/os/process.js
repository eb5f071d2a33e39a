// What Deno tells of its process: environment, arguments, exit and facts.
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

const { freeze } = Object;
const { isInteger } = Number;

export const env = {
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

export function exit(code) {
  if (code !== undefined && code !== null) {
    op_os_set_exit_code(code | 0);
  }
  if (!unloaded) {
    unloaded = true;
    core.dispatch("unload");
  }
  op_os_exit(op_os_exit_code());
}

export function setExitCode(value) {
  if (typeof value !== "number") {
    throw new TypeError(`Exit code must be a number, got: ${String(value)} (${typeof value})`);
  }
  if (!isInteger(value)) {
    throw new RangeError(`Exit code must be an integer, got: ${value}`);
  }
  op_os_set_exit_code(value | 0);
}

export const exitCode = () => op_os_exit_code();

let known;
function fact(name) {
  known ??= op_os_facts();
  return known[name];
}

export const facts = {
  args: () => [...op_os_args()],
  pid: () => fact("pid"),
  ppid: () => fact("ppid"),
  noColor: () => fact("noColor"),
  mainModule: () => op_os_main_module(),
  version: () => ({
    deno: fact("deno"),
    v8: fact("engine"),
    typescript: fact("typescript"),
    carillon: fact("carillon"),
  }),
  build: () =>
    freeze({
      target: fact("target"),
      arch: fact("arch"),
      os: fact("os"),
      vendor: fact("vendor"),
      env: fact("env") === "" ? undefined : fact("env"),
      standalone: false,
    }),
};
