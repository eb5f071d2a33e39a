// What the service last told us, kept current by its events. Pages read signals; nothing else holds server state.
import { batch, computed, signal } from "@preact/signals";
import { ApiError, api, token } from "./api";
import type { Job, LogLine, Node, Overview, RunSummary, Script } from "./api";
import { failing, live, withRun } from "./jobs";
import { follow } from "./stream";
import type { Connection, ServerEvent } from "./stream";

export const jobs = signal<ReadonlyMap<string, Job>>(new Map());
export const scripts = signal<ReadonlyMap<string, Script>>(new Map());
export const nodes = signal<ReadonlyMap<string, Node>>(new Map());
export const overview = signal<Overview | null>(null);
export const loaded = signal(false);
/** The last failure to load the first page's data; null once it worked. */
export const loadError = signal<ApiError | null>(null);
export const connection = signal<Connection>({ state: "connecting", since: Date.now() });
export const needsToken = signal(false);

/** The service's clock: countdowns must not depend on the reader's, which may be wrong by minutes. */
let clockOffsetMs = 0;
export const now = signal(Date.now());

export const jobList = computed(() => [...jobs.value.values()]);
export const runningRuns = computed(() =>
  jobList.value.flatMap((job) => job.recent.filter(live)).sort((a, b) => (a.startedAt ?? "").localeCompare(b.startedAt ?? "")),
);
export const failingJobs = computed(() => jobList.value.filter(failing));
export const failedScripts = computed(() =>
  [...scripts.value.values()].filter((script) => script.state === "failed" || script.state === "restarting"),
);
export const upcoming = computed(() =>
  jobList.value
    .filter((job) => job.state === "active" && job.nextFireTime !== null)
    .sort((a, b) => (a.nextFireTime ?? "").localeCompare(b.nextFireTime ?? "") || a.id.localeCompare(b.id)),
);

type RunListener = (run: RunSummary) => void;
type LogListener = (line: LogLine & { run: string }) => void;
const runListeners = new Set<RunListener>();
const logListeners = new Set<LogListener>();
const refreshListeners = new Set<() => void>();

const subscribe = <L,>(set: Set<L>, listener: L) => {
  set.add(listener);
  return () => void set.delete(listener);
};
export const onRun = (listener: RunListener) => subscribe(runListeners, listener);
export const onLog = (listener: LogListener) => subscribe(logListeners, listener);
/** Called when the line was down and events may have been lost: read again what you show. */
export const onRefresh = (listener: () => void) => subscribe(refreshListeners, listener);

/* Events are gathered for a moment and applied as one change: a service that does a thousand runs a second must not make
   the page render a thousand times. Order is kept. */
const GATHER_MS = 120;
let gathered: ServerEvent[] = [];

function apply(events: ServerEvent[]): void {
  batch(() => {
    const nextJobs = new Map(jobs.value);
    const nextScripts = new Map(scripts.value);
    const nextNodes = new Map(nodes.value);
    let touchedJobs = false;
    for (const event of events) {
      let data: unknown;
      try {
        data = JSON.parse(event.data);
      } catch {
        continue;
      }
      if (event.name === "job") {
        const job = data as Job;
        const before = nextJobs.get(job.id);
        // An event may carry the job without its history: keep what is known.
        nextJobs.set(job.id, { ...before, ...job, recent: job.recent ?? before?.recent ?? [] });
        touchedJobs = true;
      } else if (event.name === "run") {
        const run = data as RunSummary;
        const job = nextJobs.get(run.job);
        if (job) {
          nextJobs.set(run.job, withRun(job, run));
          touchedJobs = true;
        }
        for (const listener of runListeners) listener(run);
      } else if (event.name === "script") {
        const script = data as Script;
        nextScripts.set(script.name, script);
      } else if (event.name === "node") {
        const node = data as Node;
        nextNodes.set(node.name, node);
      } else if (event.name === "log") {
        for (const listener of logListeners) listener(data as LogLine & { run: string });
      }
    }
    if (touchedJobs) jobs.value = nextJobs;
    if (events.some((event) => event.name === "script")) scripts.value = nextScripts;
    if (events.some((event) => event.name === "node")) nodes.value = nextNodes;
  });
  if (events.some((event) => event.name === "run" || event.name === "script")) refreshOverviewSoon();
}

function receive(event: ServerEvent): void {
  if (gathered.length === 0) {
    setTimeout(() => {
      const events = gathered;
      gathered = [];
      apply(events);
    }, GATHER_MS);
  }
  gathered.push(event);
}

function takeOverview(fresh: Overview, askedAt: number): void {
  const answeredAt = Date.now();
  clockOffsetMs = Date.parse(fresh.now) - (askedAt + answeredAt) / 2;
  overview.value = fresh;
}

async function loadOverview(): Promise<void> {
  const askedAt = Date.now();
  takeOverview(await api.overview(), askedAt);
}

const OVERVIEW_EVERY_MS = 30_000;
const OVERVIEW_AFTER_EVENT_MS = 3_000;
let overviewTimer: ReturnType<typeof setTimeout> | undefined;
let overviewDueAt = 0;

function refreshOverviewIn(ms: number): void {
  const dueAt = Date.now() + ms;
  if (overviewTimer && overviewDueAt <= dueAt) return;
  clearTimeout(overviewTimer);
  overviewDueAt = dueAt;
  overviewTimer = setTimeout(async () => {
    overviewTimer = undefined;
    try {
      await loadOverview();
    } catch {
      // The connection line already says so; the next refresh tries again.
    }
    refreshOverviewIn(OVERVIEW_EVERY_MS);
  }, ms);
}
const refreshOverviewSoon = () => refreshOverviewIn(OVERVIEW_AFTER_EVENT_MS);

const byKey = <T, K>(items: T[], key: (item: T) => K) => new Map(items.map((item) => [key(item), item]));

export async function loadAll(): Promise<void> {
  try {
    const [allJobs, allScripts, allNodes] = await Promise.all([api.jobs(), api.scripts(), api.nodes(), loadOverview()]);
    batch(() => {
      jobs.value = byKey(allJobs, (job) => job.id);
      scripts.value = byKey(allScripts, (script) => script.name);
      nodes.value = byKey(allNodes, (node) => node.name);
      loaded.value = true;
      loadError.value = null;
      needsToken.value = false;
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401 || error.status === 403) needsToken.value = true;
    loadError.value = error;
  }
}

let stop: (() => void) | null = null;

/** Loads everything each time the line comes up, then lives on events: nothing said while it was down is lost. */
export function start(): void {
  stop?.();
  stop = follow("/api/events", receive, (next) => {
    connection.value = next;
    if (next.state === "live") {
      void loadAll();
      for (const listener of refreshListeners) listener();
    } else if (next.state === "refused") {
      needsToken.value = true;
    } else if (next.state === "waiting" && !loaded.value) {
      void loadAll();
    }
  });
  refreshOverviewIn(OVERVIEW_EVERY_MS);
}

export function useToken(value: string): void {
  token.set(value);
  needsToken.value = false;
  start();
}

function tick(): void {
  const at = Date.now() + clockOffsetMs;
  now.value = at;
  // On the service's second, so that all countdowns on all screens move together.
  setTimeout(tick, 1_000 - (((at % 1_000) + 1_000) % 1_000) + 5);
}
tick();

/** Takes the answer of an action at once, without waiting for its event. */
export function takeJob(job: Job): void {
  const before = jobs.value.get(job.id);
  jobs.value = new Map(jobs.value).set(job.id, { ...before, ...job });
}
export function takeRun(run: RunSummary): void {
  const job = jobs.value.get(run.job);
  if (job) jobs.value = new Map(jobs.value).set(run.job, withRun(job, run));
}
