/*
 * What this extension adds to the types of the web platform (TypeScript's lib "dom" and "dom.iterable" describe the
 * rest: console, Event, AbortSignal, performance, TextEncoder, structuredClone, crypto, fetch, URL, streams).
 */

declare namespace Deno {
  /** How {@link inspect} and `console.dir` write a value. */
  interface InspectOptions {
    /** ANSI colours. Default: false; `console` uses them on a terminal unless NO_COLOR is set. */
    colors?: boolean;
    /** Levels of nesting shown before `[Object]`; `Infinity` or `null` for all. Default: 4. */
    depth?: number | null;
    /** Innermost levels joined on one line if they fit; false puts every entry on a line of its own. Default: 3. */
    compact?: boolean | number;
    /** Columns of a line. Default: 80. */
    breakLength?: number;
    /** Keys in order of their text, or by a comparison. Default: false, the order of the object. */
    sorted?: boolean | ((a: string, b: string) => number);
    /** A comma behind the last entry of a group of several lines. Default: false. */
    trailingComma?: boolean;
    /** Entries shown of an array, map, set. Default: 100. */
    iterableLimit?: number;
    /** Characters shown of a string inside an object. Default: 10000. */
    strAbbreviateSize?: number;
    /** Calls getters and shows what they give. Default: false. */
    getters?: boolean;
    /** Shows properties that are not enumerable, in brackets. Default: false. */
    showHidden?: boolean;
    /** Shows target and handler of a proxy instead of its target alone. Default: false. */
    showProxy?: boolean;
  }

  /**
   * The text `console.log` would print for `value`; strings quoted. A method under `Symbol.for("Deno.customInspect")`,
   * called with (inspect, options), writes its object itself.
   */
  function inspect(value: unknown, options?: InspectOptions): string;

  /** Where a server of {@link serve} listens, or its client is. */
  interface NetAddr {
    transport: "tcp";
    hostname: string;
    port: number;
  }

  /** What is known of one request beside itself. */
  interface ServeHandlerInfo {
    remoteAddr: NetAddr;
    /** Settles when the response has been sent; rejects with `Interrupted` if the client went away before. */
    completed: Promise<void>;
  }

  type ServeHandler = (request: Request, info: ServeHandlerInfo) => Response | Promise<Response>;

  interface ServeOptions {
    /** Default: 8000; 0 for any free one. */
    port?: number;
    /** Default: "0.0.0.0". */
    hostname?: string;
    /** Shuts the server down when aborted. */
    signal?: AbortSignal;
    /** Called once it listens. Default: writes the address to standard error. */
    onListen?: (address: NetAddr) => void;
    /** Answers for a handler that threw. Default: writes the error and answers 500. */
    onError?: (error: unknown) => Response | Promise<Response>;
    handler?: ServeHandler;
  }

  interface HttpServer extends AsyncDisposable {
    readonly addr: NetAddr;
    /** Fulfils when the last request is answered after a shutdown. */
    readonly finished: Promise<void>;
    /** Takes no more requests and waits for those under way. */
    shutdown(): Promise<void>;
    /** Lets the server keep the script alive (as it does from the start). */
    ref(): void;
    unref(): void;
  }

  /** Serves HTTP/1.1. Needs net access to the address. */
  function serve(handler: ServeHandler): HttpServer;
  function serve(options: ServeOptions, handler: ServeHandler): HttpServer;
  function serve(options: ServeOptions & { handler: ServeHandler }): HttpServer;

  /** Lets a timer keep the script alive again. */
  function refTimer(id: number | Timeout): void;

  /** Lets the script end although the timer has not fired. */
  function unrefTimer(id: number | Timeout): void;
}

/** What `setTimeout` and `setInterval` give: an object that turns into the timer's number where one is wanted. */
interface Timeout extends Disposable {
  /** Lets the script end although the timer has not fired. */
  unref(): this;
  ref(): this;
  hasRef(): boolean;
  /** Starts the wait again from now. */
  refresh(): this;
  /** The same as `clearTimeout`. */
  close(): this;
  [Symbol.toPrimitive](): number;
}

interface Immediate {}

/** @param delay milliseconds, 1 to 2147483647; anything else means 1 */
declare function setTimeout<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): Timeout;
declare function setInterval<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): Timeout;
declare function clearTimeout(timer?: Timeout | number | string): void;
declare function clearInterval(timer?: Timeout | number | string): void;
/** Runs `callback` in the next turn of the loop, after timers that are due. */
declare function setImmediate<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Immediate;
declare function clearImmediate(immediate?: Immediate): void;
