// The service's HTTP JSON, as types and calls. Instants are ISO-8601 UTC; durations are milliseconds.

export type RunState = "running" | "retrying" | "succeeded" | "failed" | "skipped" | "interrupted";
export type JobState = "active" | "paused" | "retired";
export type LogLevel = "debug" | "info" | "log" | "warn" | "error";

export interface RunSummary {
  id: string;
  job: string;
  script: string;
  name: string;
  scheduledTime: string;
  state: RunState;
  /** Why it did not run as asked: always set when skipped. */
  reason: string | null;
  trigger: "schedule" | "manual";
  attempts: number;
  startedAt: string | null;
  endedAt: string | null;
  durationMs: number | null;
  latenessMs: number | null;
  node: string | null;
  /** First line only; the whole text is in the attempt. */
  error: string | null;
}

export interface Attempt {
  attempt: number;
  state: RunState;
  startedAt: string | null;
  endedAt: string | null;
  durationMs: number | null;
  node: string | null;
  fence: number | null;
  error: string | null;
  retryAt: string | null;
}

export interface Run extends RunSummary {
  attemptList: Attempt[];
  logCount: number;
}

export interface LogLine {
  seq: number;
  at: string;
  attempt: number;
  level: LogLevel;
  text: string;
}

export interface Job {
  id: string;
  script: string;
  name: string;
  schedule: string;
  scheduleWords: string;
  timezone: string;
  state: JobState;
  nextFireTime: string | null;
  backoffMs: number[];
  warnings: string[];
  running: number;
  lastRun: RunSummary | null;
  /** Newest first, at most 30. */
  recent: RunSummary[];
  /** Living nodes whose scripts register it. */
  nodes: string[];
  /** Only in GET /api/jobs/{id}. */
  next?: string[];
}

export interface Script {
  name: string;
  path: string;
  state: "loading" | "running" | "failed" | "restarting" | "stopped" | "ended";
  error: {
    message: string;
    report: string | null;
    specifier: string | null;
    line: number | null;
    column: number | null;
  } | null;
  loadedAt: string | null;
  jobs: number;
  restarts: number;
  nextRestartAt: string | null;
}

export interface Node {
  name: string;
  state: "up" | "lost" | "stopped";
  self: boolean;
  startedAt: string;
  lastSeenAt: string;
  version: string;
  backend: string;
  /** on is null for another node, whose compiler only it knows. */
  jit: { on: boolean | null; reason: string | null };
  clockOffsetMs: number | null;
  /** When its cluster took it for dead, and which node found out. */
  lostAt: string | null;
  lostTo: string | null;
}

export interface Overview {
  now: string;
  version: string;
  backend: string;
  jobs: { total: number; active: number; paused: number; failing: number };
  running: number;
  failing: Job[];
  missed24h: number;
  next: { job: string; at: string }[];
  scriptsFailed: number;
}

export interface Page<T> {
  items: T[];
  cursor: string | null;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string | null,
  ) {
    super(message);
  }
}

const TOKEN_KEY = "carillon.token";
/** Kept for this tab only: a token on a shared machine should not outlive the tab. */
export const token = {
  get: (): string | null => sessionStorage.getItem(TOKEN_KEY),
  set: (value: string): void => sessionStorage.setItem(TOKEN_KEY, value),
  clear: (): void => sessionStorage.removeItem(TOKEN_KEY),
};

export function headers(): Record<string, string> {
  const value = token.get();
  return value ? { Authorization: `Bearer ${value}` } : {};
}

async function call<T>(method: "GET" | "POST", path: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: "application/json", ...headers() },
      cache: "no-store",
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The service does not answer.", "Is it still running? This page reconnects by itself.");
  }
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    // Not JSON: a proxy's error page, say; the status tells enough.
  }
  if (response.ok && body !== null) return body as T;
  const error = (body as { error?: { code?: string; message?: string; hint?: string } } | null)?.error;
  throw new ApiError(
    response.status,
    error?.code ?? String(response.status),
    error?.message ?? `${method} ${path} answered ${response.status}.`,
    error?.hint ?? null,
  );
}

const get = <T,>(path: string, signal?: AbortSignal) => call<T>("GET", path, signal);

export interface RunQuery {
  job?: string | undefined;
  state?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export function queryString(query: object): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** Follows the cursor of a list to its end; {@code most} bounds what a page is willing to hold. */
async function all<T>(path: string, most: number, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const joiner: string = path.includes("?") ? "&" : "?";
    const page: Page<T> = await get(cursor ? `${path}${joiner}cursor=${encodeURIComponent(cursor)}` : path, signal);
    items.push(...page.items);
    cursor = page.items.length > 0 ? page.cursor : null;
  } while (cursor && items.length < most);
  return items;
}

export const api = {
  overview: () => get<Overview>("/api/overview"),
  jobs: () => all<Job>("/api/jobs", 20_000),
  job: (id: string, signal?: AbortSignal) => get<Job>(`/api/jobs/${encodeURIComponent(id)}`, signal),
  scripts: () => all<Script>("/api/scripts", 5_000),
  nodes: () => all<Node>("/api/nodes", 1_000),
  runs: (query: RunQuery, signal?: AbortSignal) => get<Page<RunSummary>>(`/api/runs${queryString(query)}`, signal),
  run: (id: string, signal?: AbortSignal) => get<Run>(`/api/runs/${encodeURIComponent(id)}`, signal),
  logs: (id: string, cursor: string | null, signal?: AbortSignal) =>
    get<Page<LogLine>>(`/api/runs/${encodeURIComponent(id)}/logs${queryString({ cursor: cursor ?? "" })}`, signal),
  trigger: (id: string) => call<RunSummary>("POST", `/api/jobs/${encodeURIComponent(id)}/trigger`),
  pause: (id: string) => call<Job>("POST", `/api/jobs/${encodeURIComponent(id)}/pause`),
  resume: (id: string) => call<Job>("POST", `/api/jobs/${encodeURIComponent(id)}/resume`),
};
