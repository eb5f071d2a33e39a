// Server-sent events over fetch: unlike EventSource it can carry a token, and it says why and until when it waits.
import { headers } from "./api";

export interface ServerEvent {
  name: string;
  data: string;
}

/** Splits a text/event-stream into events; feed it chunks cut anywhere. */
export class EventParser {
  #rest = "";
  #name = "";
  #data: string[] = [];

  feed(chunk: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    let text = this.#rest + chunk;
    // A CR at the very end may be the first half of CRLF: wait for the next chunk.
    let held = "";
    if (text.endsWith("\r")) {
      held = "\r";
      text = text.slice(0, -1);
    }
    const lines = text.split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? "") + held;
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length > 0) events.push({ name: this.#name || "message", data: this.#data.join("\n") });
        this.#name = "";
        this.#data = [];
      } else if (!line.startsWith(":")) {
        const colon = line.indexOf(":");
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (field === "event") this.#name = value;
        if (field === "data") this.#data.push(value);
      }
    }
    return events;
  }
}

export type Connection =
  | { state: "connecting"; since: number }
  | { state: "live"; since: number }
  | { state: "waiting"; since: number; retryAt: number }
  | { state: "refused"; since: number };

const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** The server sends a comment at least this often; silence for longer means the line is dead without saying so. */
const SILENCE_MS_MAX = 60_000;

/** Opens the stream and keeps it open until the returned function is called. */
export function follow(
  path: string,
  onEvent: (event: ServerEvent) => void,
  onConnection: (connection: Connection) => void,
): () => void {
  let closed = false;
  let failures = 0;
  let abort = new AbortController();
  let wake: () => void = () => {};
  let everSpoke = false;

  const open = async () => {
    while (!closed) {
      abort = new AbortController();
      onConnection({ state: "connecting", since: Date.now() });
      let silence: ReturnType<typeof setTimeout> | undefined;
      const heard = () => {
        clearTimeout(silence);
        if (everSpoke) silence = setTimeout(() => abort.abort(), SILENCE_MS_MAX);
      };
      try {
        const response = await fetch(path, {
          headers: { Accept: "text/event-stream", ...headers() },
          cache: "no-store",
          signal: abort.signal,
        });
        if (response.status === 401 || response.status === 403) {
          onConnection({ state: "refused", since: Date.now() });
          return;
        }
        if (!response.ok || !response.body) throw new Error(String(response.status));
        failures = 0;
        onConnection({ state: "live", since: Date.now() });
        const parser = new EventParser();
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          everSpoke ||= value.startsWith(":");
          heard();
          for (const event of parser.feed(value)) onEvent(event);
        }
      } catch {
        // The reason does not matter to the reader: the line is gone, and is tried again below.
      } finally {
        clearTimeout(silence);
      }
      if (closed) return;
      const waitMs = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 10_000;
      onConnection({ state: "waiting", since: Date.now(), retryAt: Date.now() + waitMs });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };

  const retryNow = () => {
    if (document.visibilityState === "visible") wake();
  };
  window.addEventListener("online", retryNow);
  document.addEventListener("visibilitychange", retryNow);
  void open();
  return () => {
    closed = true;
    window.removeEventListener("online", retryNow);
    document.removeEventListener("visibilitychange", retryNow);
    abort.abort();
    wake();
  };
}
