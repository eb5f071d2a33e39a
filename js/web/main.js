/*
 * Entry point of the extension. What nearly every script uses is loaded at once: console. All else is a global that loads
 * its module when first touched, so that a small script starts fast.
 */
import { core } from "ext:core/mod.js";
import "ext:web/builtins.js";
import "ext:web/console.js";

const { apply } = Reflect;
const { create, defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object;

// Functions are enumerable globals, as the standard has them.
function exposeFunction(name, value) {
  core.defineGlobal(name, value);
  defineProperty(globalThis, name, { enumerable: true });
}

// Module -> the globals it exports.
core.defineAllLazy(globalThis, {
  "ext:web/dom_exception.js": ["DOMException", "QuotaExceededError"],
  "ext:web/event.js": [
    "Event", "CustomEvent", "ErrorEvent", "PromiseRejectionEvent", "MessageEvent", "CloseEvent", "ProgressEvent",
  ],
  "ext:web/global_events.js": ["EventTarget", "Window"],
  "ext:web/abort_signal.js": ["AbortController", "AbortSignal"],
  "ext:web/performance.js": ["performance", "Performance", "PerformanceEntry", "PerformanceMark", "PerformanceMeasure"],
  "ext:web/base64.js": ["atob", "btoa"],
  "ext:web/encoding.js": ["TextEncoder", "TextDecoder"],
  "ext:web/structured_clone.js": ["structuredClone"],
  "ext:web/compression.js": ["CompressionStream", "DecompressionStream"],
  "ext:web/crypto.js": ["crypto", "Crypto", "CryptoKey", "SubtleCrypto"],
  "ext:web/disposable.js": ["DisposableStack", "AsyncDisposableStack", "SuppressedError"],
  "ext:web/navigator.js": ["navigator", "Navigator"],
  "ext:web/url.js": ["URL", "URLSearchParams"],
  "ext:web/streams.js": [
    "ByteLengthQueuingStrategy", "CountQueuingStrategy", "ReadableByteStreamController", "ReadableStream",
    "ReadableStreamBYOBReader", "ReadableStreamBYOBRequest", "ReadableStreamDefaultController",
    "ReadableStreamDefaultReader", "TextDecoderStream", "TextEncoderStream", "TransformStream",
    "TransformStreamDefaultController", "WritableStream", "WritableStreamDefaultController",
    "WritableStreamDefaultWriter",
  ],
  "ext:web/blob.js": ["Blob", "File"],
  "ext:web/form_data.js": ["FormData"],
  "ext:web/headers.js": ["Headers"],
  "ext:web/request.js": ["Request"],
  "ext:web/response.js": ["Response"],
}, false);

// Functions again, while the classes above are not enumerable.
core.defineAllLazy(globalThis, {
  "ext:web/timers.js": [
    "setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate", "queueMicrotask",
  ],
});
core.defineAllLazy(core.Deno, { "ext:web/timers.js": ["refTimer", "unrefTimer"], "ext:web/serve.js": ["serve"] });

exposeFunction("fetch", function fetch(_input) {
  return core.loadLazy("ext:web/fetch.js").fetch(...arguments);
});

core.foresee("fetch", "ext:web/fetch.js");

// ------------------------------------------------------------------------------------------------------ dates as V8's

const { DateTimeFormat } = Intl;
/** The engine's own methods, which date.js builds on. */
export const engine = { DateTimeFormat };
function mendLater(prototype, names) {
  for (const name of names) {
    engine[name] = prototype[name];
    core.defineLazy(prototype, name, "ext:web/date.js", name, false);
  }
}
mendLater(Date.prototype, ["toString", "toTimeString", "toLocaleString", "toLocaleTimeString"]);
mendLater(DateTimeFormat.prototype, ["formatRange", "formatToParts", "formatRangeToParts", "resolvedOptions"]);
const format = getOwnPropertyDescriptor(DateTimeFormat.prototype, "format");
defineProperty(DateTimeFormat.prototype, "format", {
  ...format,
  get() {
    return core.loadLazy("ext:web/date.js").boundFormat(this, apply(format.get, this, []));
  },
});

// ------------------------------------------------------------------------------------------------------------- the rest

core.defineGlobal("location", undefined);
defineProperty(globalThis, "self", { get: () => globalThis, set: undefined, enumerable: true, configurable: true });
exposeFunction("reportError", function reportError(error) {
  core.loadLazy("ext:web/webidl.js").requireArguments(arguments.length, 1, "Failed to execute 'reportError'");
  core.reportException(error);
});

// ------------------------------------------------------------------------------------- the global object's own events

/*
 * The global object becomes an event target when a script first asks for a listener in any way; until then nobody can
 * listen, and errors and the end of the script need no events.
 */
let events = null;
function loadEvents() {
  events ??= core.loadLazy("ext:web/global_events.js");
  return events;
}

const standIn = create(Object.prototype, { [Symbol.toStringTag]: { value: "Window", configurable: true } });
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
  defineProperty(standIn, name, { get: () => loadEvents()[name], configurable: true });
}
setPrototypeOf(globalThis, standIn);
delete globalThis[Symbol.toStringTag]; // the engine's own, "global"

for (const type of ["error", "load", "beforeunload", "unload", "unhandledrejection", "rejectionhandled"]) {
  const name = `on${type}`;
  defineProperty(globalThis, name, {
    get: () => (events === null ? null : events.attribute(name).get.call(globalThis)),
    set: (value) => loadEvents().attribute(name).set.call(globalThis, value),
    enumerable: true,
    configurable: true,
  });
}

core.setReportExceptionCallback((error) => events !== null && events.onException(error));
core.setUnhandledPromiseRejectionHandler((promise, reason) => events !== null && events.onRejection(promise, reason));
core.setHandledPromiseRejectionHandler?.((promise, reason) => events?.onLateHandler(promise, reason));
core.setLifecycle({
  load: () => events?.onLife("load", false),
  /** True if a listener wants to go on: the loop is looked at again. */
  beforeunload: () => events !== null && !events.onLife("beforeunload", true),
  unload: () => events?.onLife("unload", false),
});

// Ops name these in their errors.
core.registerErrorModule("ext:web/dom_exception.js", [
  "DOMExceptionIndexSizeError", "DOMExceptionHierarchyRequestError", "DOMExceptionWrongDocumentError",
  "DOMExceptionInvalidCharacterError", "DOMExceptionNoModificationAllowedError", "DOMExceptionNotFoundError",
  "DOMExceptionNotSupportedError", "DOMExceptionInUseAttributeError", "DOMExceptionInvalidStateError",
  "DOMExceptionSyntaxError", "DOMExceptionInvalidModificationError", "DOMExceptionNamespaceError",
  "DOMExceptionInvalidAccessError", "DOMExceptionTypeMismatchError", "DOMExceptionSecurityError",
  "DOMExceptionNetworkError", "DOMExceptionAbortError", "DOMExceptionURLMismatchError", "DOMExceptionQuotaExceededError",
  "DOMExceptionTimeoutError", "DOMExceptionInvalidNodeTypeError", "DOMExceptionDataCloneError", "DOMExceptionDataError",
  "DOMExceptionOperationError",
]);
