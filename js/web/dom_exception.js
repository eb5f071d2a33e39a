// DOMException: an Error whose name and code are its own; message, name and code are getters of the prototype.
import { privateCustomInspect, visibleProperties } from "ext:web/shown.js";
import { configureClass } from "ext:web/webidl.js";

const { defineProperty, setPrototypeOf } = Object;
const { captureStackTrace } = Error;
const { apply } = Reflect;
const { slice } = String.prototype;

// Legacy codes; a name without one has 0.
const CODES = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};
const CONSTANTS = [
  "INDEX_SIZE_ERR", "DOMSTRING_SIZE_ERR", "HIERARCHY_REQUEST_ERR", "WRONG_DOCUMENT_ERR", "INVALID_CHARACTER_ERR",
  "NO_DATA_ALLOWED_ERR", "NO_MODIFICATION_ALLOWED_ERR", "NOT_FOUND_ERR", "NOT_SUPPORTED_ERR", "INUSE_ATTRIBUTE_ERR",
  "INVALID_STATE_ERR", "SYNTAX_ERR", "INVALID_MODIFICATION_ERR", "NAMESPACE_ERR", "INVALID_ACCESS_ERR",
  "VALIDATION_ERR", "TYPE_MISMATCH_ERR", "SECURITY_ERR", "NETWORK_ERR", "ABORT_ERR", "URL_MISMATCH_ERR",
  "QUOTA_EXCEEDED_ERR", "TIMEOUT_ERR", "INVALID_NODE_TYPE_ERR", "DATA_CLONE_ERR",
];

const slots = new WeakMap();
function slot(exception) {
  const found = slots.get(exception);
  if (found === undefined) throw new TypeError("Illegal invocation");
  return found;
}

// A real Error object (Error.isError, stack) with DOMException's prototype, so that catch sites and inspect see both.
export function DOMException(message = "", options = "Error") {
  if (new.target === undefined) throw new TypeError("Class constructor DOMException cannot be invoked without 'new'");
  const text = `${message}`;
  const isBag = options !== null && typeof options === "object";
  const name = isBag ? `${options.name ?? "Error"}` : `${options}`;
  const exception = isBag && "cause" in options ? new Error(text, { cause: options.cause }) : new Error(text);
  delete exception.message;
  setPrototypeOf(exception, new.target.prototype);
  slots.set(exception, { name, message: text, code: CODES[name] ?? 0 });
  captureStackTrace(exception); // the heading now has the name
  return exception;
}

DOMException.prototype = Object.create(Error.prototype, {
  constructor: { value: DOMException, writable: true, configurable: true },
  message: {
    get: function message() {
      return slot(this).message;
    },
    configurable: true,
  },
  name: {
    get: function name() {
      return slot(this).name;
    },
    configurable: true,
  },
  code: {
    get: function code() {
      return slot(this).code;
    },
    configurable: true,
  },
});
defineProperty(DOMException, "prototype", { writable: false });
CONSTANTS.forEach((name, i) => {
  const constant = { value: i + 1, enumerable: true };
  defineProperty(DOMException, name, constant);
  defineProperty(DOMException.prototype, name, constant);
});
configureClass(DOMException);
// Printed as its stack, wherever it stands.
defineProperty(DOMException.prototype, privateCustomInspect, {
  value(inspect, options) {
    const { stack } = this;
    if (typeof stack === "string" && stack !== "") return stack;
    return inspect(visibleProperties(this, ["message", "name", "code"]), options);
  },
  configurable: true,
  writable: true,
});

/** What `crypto.getRandomValues` throws for too much; a DOMException with facts. */
export class QuotaExceededError extends DOMException {
  #quota;
  #requested;
  constructor(message = "", options = {}) {
    super(message, "QuotaExceededError");
    this.#quota = options.quota ?? null;
    this.#requested = options.requested ?? null;
  }
  get quota() {
    return this.#quota;
  }
  get requested() {
    return this.#requested;
  }
}
configureClass(QuotaExceededError);

/** An error of the host, which calls it `DOMException` and its name. */
export const build = (message, name) => new DOMException(message, apply(slice, name, ["DOMException".length]));
