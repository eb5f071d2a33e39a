// Deno.permissions. Checks are made by ops; this is only the way to ask about them.
import { op_os_permission_query, op_os_permission_request, op_os_permission_revoke } from "ext:core/ops";
import { pathOf } from "ext:os/files.js";

const NAMES = ["run", "read", "write", "net", "env", "sys", "ffi", "import"];
const illegal = Symbol("illegal constructor");

const { Event, EventTarget } = globalThis;

let setStatus;

class PermissionStatus extends EventTarget {
  #state;
  #partial;
  onchange = null;

  static {
    setStatus = (status, answer) => {
      const state = answer === "partial" ? "granted" : answer;
      const partial = answer === "partial";
      if (status.#state === state && status.#partial === partial) {
        return;
      }
      const first = status.#state === undefined;
      status.#state = state;
      status.#partial = partial;
      if (!first) {
        status.dispatchEvent(new Event("change", { cancelable: false }));
      }
    };
  }

  constructor(key = undefined) {
    if (key !== illegal) {
      throw new TypeError("Illegal constructor");
    }
    super();
  }

  get state() {
    return this.#state;
  }

  get partial() {
    return this.#partial;
  }

  dispatchEvent(event) {
    const result = super.dispatchEvent(event);
    if (event.type === "change" && typeof this.onchange === "function") {
      this.onchange(event);
    }
    return result;
  }

  get [Symbol.toStringTag]() {
    return "PermissionStatus";
  }

  [Symbol.for("Deno.privateCustomInspect")](inspect, options) {
    const shown = { state: this.state, onchange: this.onchange };
    return `PermissionStatus ${inspect(this.partial ? { ...shown, partial: true } : shown, options)}`;
  }
}

/** One status object per descriptor, so that listeners hear what any later call finds out. */
const known = new Map();

function parse(descriptor) {
  const name = descriptor?.name;
  if (!NAMES.includes(name)) {
    throw new TypeError(`The provided value "${name}" is not a valid permission name`);
  }
  let what = null;
  switch (name) {
    case "read":
    case "write":
    case "ffi":
      what = descriptor.path === undefined ? null : pathOf(descriptor.path);
      break;
    case "net":
    case "import":
      what = descriptor.host ?? null;
      break;
    case "env":
      what = descriptor.variable ?? null;
      break;
    case "sys":
      what = descriptor.kind ?? null;
      break;
    default:
      what = descriptor.command === undefined ? null : pathOf(descriptor.command);
  }
  return { name, what };
}

function ask(op, descriptor) {
  if (descriptor === null || typeof descriptor !== "object") {
    throw new TypeError(`The provided value "undefined" is not a valid permission name`);
  }
  const { name, what } = parse(descriptor);
  const answer = op(name, what);
  const key = JSON.stringify([name, what]);
  let status = known.get(key);
  if (status === undefined) {
    status = new PermissionStatus(illegal);
    known.set(key, status);
  }
  setStatus(status, answer);
  return status;
}

class Permissions {
  constructor(key = undefined) {
    if (key !== illegal) {
      throw new TypeError("Illegal constructor");
    }
  }

  query(descriptor) {
    return promised(() => this.querySync(descriptor));
  }

  querySync(descriptor) {
    return ask(op_os_permission_query, descriptor);
  }

  revoke(descriptor) {
    return promised(() => this.revokeSync(descriptor));
  }

  revokeSync(descriptor) {
    return ask(op_os_permission_revoke, descriptor);
  }

  request(descriptor) {
    return promised(() => this.requestSync(descriptor));
  }

  requestSync(descriptor) {
    return ask(op_os_permission_request, descriptor);
  }
}

function promised(make) {
  try {
    return Promise.resolve(make());
  } catch (error) {
    return Promise.reject(error);
  }
}

const permissions = new Permissions(illegal);

export { permissions, Permissions, PermissionStatus };
