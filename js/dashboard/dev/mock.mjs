// A stand-in for the service, for working on the dashboard alone: the same JSON, realistic data that changes.
//   node dev/mock.mjs [--port 8090] [--empty] [--many 1000] [--token secret]
// Serves dist/ under the same Content-Security-Policy a careful server would send, so that a violation shows here first.
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { extname, join, normalize } from "node:path";

const argument = (name, otherwise) => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? otherwise : (process.argv[index + 1] ?? "");
};
const PORT = Number(argument("port", "8090"));
const TOKEN = argument("token", "");
const MANY = Number(argument("many", "0"));
const EMPTY = process.argv.includes("--empty");

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (ms) => new Date(ms).toISOString();

let seed = 20261121;
const random = () => {
  seed = (seed * 1664525 + 1013904223) % 4294967296;
  return seed / 4294967296;
};
const between = (low, high) => low + random() * (high - low);

// every, at: due when (time - at) is a multiple of every; enough for a mock, the service has a real calendar.
const PLANS = [
  { script: "backup.ts", name: "nightly database", schedule: "30 2 * * *", words: "every day at 02:30", every: DAY, at: 2.5 * HOUR, ms: 84_000, backoff: [60_000, 300_000], fails: 0.04 },
  { script: "backup.ts", name: "verify restore", schedule: "0 5 * * SUN", words: "every Sunday at 05:00", every: 7 * DAY, at: 3 * DAY + 5 * HOUR, ms: 412_000, backoff: [600_000], fails: 0.1 },
  { script: "billing.ts", name: "close invoices", schedule: "0 0 1 * *", words: "on the 1st of each month at 00:00", every: 30 * DAY, at: 10 * DAY, ms: 28_000, backoff: [], fails: 0 },
  { script: "health.ts", name: "check endpoints", schedule: "* * * * *", words: "every minute", every: MINUTE, at: 0, ms: 640, backoff: [1_000, 5_000], fails: 0.03 },
  { script: "inventory.ts", name: "sync warehouse", schedule: "*/5 * * * *", words: "every 5 minutes", every: 5 * MINUTE, at: 0, ms: 41_000, backoff: [30_000], fails: 0.02, overlap: 0.08 },
  { script: "mail/digest.ts", name: "send digest", schedule: "0 7 * * MON-FRI", words: "at 07:00, Monday to Friday", every: DAY, at: 7 * HOUR, ms: 9_300, backoff: [60_000], fails: 0.02 },
  { script: "mail/digest.ts", name: "drain outbox", schedule: "*/2 * * * *", words: "every 2 minutes", every: 2 * MINUTE, at: 0, ms: 2_150, backoff: [2_000, 4_000, 8_000], fails: 0.02 },
  { script: "rates.ts", name: "fetch exchange rates", schedule: "15 * * * *", words: "at minute 15 of every hour", every: HOUR, at: 15 * MINUTE, ms: 1_900, backoff: [5_000, 30_000], fails: 0.02, broken: true },
  { script: "reports/weekly.ts", name: "weekly report", schedule: "0 6 * * MON", words: "every Monday at 06:00", every: 7 * DAY, at: 4 * DAY + 6 * HOUR, ms: 151_000, backoff: [], fails: 0, warnings: ["Numeric weekdays differ between crons; here MON is written, which is safe. Kept as an example of a warning."] },
  { script: "search.ts", name: "rebuild index", schedule: "*/10 * * * *", words: "every 10 minutes", every: 10 * MINUTE, at: 3 * MINUTE, ms: 228_000, backoff: [], fails: 0.01 },
  { script: "sessions.ts", name: "expire sessions", schedule: "*/15 * * * *", words: "every 15 minutes", every: 15 * MINUTE, at: 0, ms: 210, backoff: [], fails: 0 },
  { script: "thumbnails.ts", name: "render thumbnails", schedule: "7,27,47 * * * *", words: "at minutes 7, 27 and 47 of every hour", every: 20 * MINUTE, at: 7 * MINUTE, ms: 63_000, backoff: [10_000], fails: 0.03, paused: true },
];
for (let n = 0; n < MANY; n++) {
  PLANS.push({ script: `tenants/t${String(n % 100).padStart(2, "0")}.ts`, name: `task ${n}`, schedule: "*/3 * * * *", words: "every 3 minutes", every: 3 * MINUTE, at: (n % 180) * SECOND, ms: between(20, 9_000), backoff: [], fails: n % 97 === 0 ? 0.5 : 0.01 });
}

const ERRORS = {
  "fetch exchange rates": "Error: rates provider answered 503 Service Unavailable",
  "check endpoints": "TypeError: error sending request for url (https://shop.example.com/healthz): connection refused",
  default: "Error: deadline of 30 s passed while waiting for the lock 'orders'",
};
const stackOf = (plan) =>
  `${ERRORS[plan.name] ?? ERRORS.default}\n    at fetchRates (file:///srv/crons/${plan.script}:27:11)\n    at async refresh (file:///srv/crons/${plan.script}:41:18)\n    at async file:///srv/crons/${plan.script}:58:3`;

const jobs = new Map();
const runs = new Map(); // id -> run with attemptList
const logs = new Map(); // id -> lines
const streams = new Set();
const startedAt = Date.now() - 3.2 * DAY;
let runCount = 0;

const clusterOf = (at) => (Math.floor(at / (7 * MINUTE)) % 3 === 0 ? "node-2" : "node-1");
const runId = (at) => `${Math.floor(at / 1000).toString(36)}${(++runCount).toString(36).padStart(5, "0")}`;

const summary = (run) => {
  const { attemptList: _attempts, logCount: _count, ...rest } = run;
  return rest;
};

const TALK = {
  "drain outbox": ["connected to smtp.example.com:587", "14 messages waiting", "sent 14 of 14", "outbox empty"],
  "rebuild index": ["opened snapshot 88412", "segment 1 of 6: 412,008 documents", "segment 2 of 6: 398,771 documents", "segment 3 of 6: 402,916 documents", "merging", "swapped alias 'products' to index-88412"],
  "nightly database": ["pg_dump --format=custom orders", "dumped 4.2 GiB in 61 s", "checksum sha256 1f9a…c204", "uploaded to s3://backups/orders/2026-11-21.dump"],
  "sync warehouse": ["since 2026-11-21T02:35:00Z: 318 changes", "applied 318, rejected 0", "warehouse lag 4.1 s"],
  default: ["started", "working", "done"],
};
function talk(run, plan, count) {
  const lines = logs.get(run.id) ?? [];
  const words = TALK[plan.name] ?? TALK.default;
  const index = lines.length;
  const level = index === 0 ? "debug" : index % 9 === 4 ? "warn" : index % 5 === 1 ? "info" : "log";
  const text = level === "warn" ? "slow answer: 2,140 ms (limit 1,500 ms)" : (words[index % words.length] ?? "…");
  const line = { seq: index + 1, at: iso(count), attempt: run.attempts, level, text };
  lines.push(line);
  logs.set(run.id, lines);
  run.logCount = lines.length;
  return line;
}

function finishedRun(plan, due, failed, attempts) {
  const late = Math.max(1, Math.round(between(1, 6)));
  const durationMs = Math.round(plan.ms * between(0.7, 1.35) * (random() < 0.03 ? 4 : 1));
  const state = failed ? "failed" : "succeeded";
  const id = runId(due);
  const attemptList = [];
  let at = due + late;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const last = attempt === attempts;
    const bad = failed || !last;
    const retryAt = last ? null : at + durationMs + (plan.backoff[attempt - 1] ?? 1_000);
    attemptList.push({ attempt, state: bad ? "failed" : "succeeded", startedAt: iso(at), endedAt: iso(at + durationMs), durationMs, node: clusterOf(due), fence: runCount, error: bad ? stackOf(plan) : null, retryAt: retryAt === null ? null : iso(retryAt) });
    if (retryAt !== null) at = retryAt;
  }
  const run = {
    id, job: `${plan.script}/${plan.name}`, script: plan.script, name: plan.name, scheduledTime: iso(due), state, reason: null, trigger: "schedule", attempts,
    startedAt: iso(due + late), endedAt: iso(at + durationMs), durationMs: at + durationMs - due - late, latenessMs: late, node: clusterOf(due), error: failed ? stackOf(plan).split("\n")[0] : null, attemptList, logCount: 0,
  };
  for (let n = 0; n < Math.min(12, 3 + Math.floor(durationMs / 15_000)); n++) talk(run, plan, due + late + (n * durationMs) / 12);
  return run;
}
function skippedRun(plan, due, reason) {
  return { id: runId(due), job: `${plan.script}/${plan.name}`, script: plan.script, name: plan.name, scheduledTime: iso(due), state: "skipped", reason, trigger: "schedule", attempts: 0, startedAt: null, endedAt: null, durationMs: null, latenessMs: null, node: null, error: null, attemptList: [], logCount: 0 };
}

const dueAfter = (plan, at) => Math.floor((at - plan.at) / plan.every + 1) * plan.every + plan.at;

function history(plan) {
  const list = [];
  const now = Date.now();
  let due = dueAfter(plan, now) - plan.every;
  const wanted = MANY ? 30 : 260;
  for (let n = 0; n < wanted && due > now - 60 * DAY; n++, due -= plan.every) {
    if (due + plan.ms * 1.4 > now) continue;
    if (plan.paused && due > now - 3 * HOUR) list.push(skippedRun(plan, due, "the job was paused"));
    else if (plan.overlap && random() < plan.overlap && now - due < DAY && list.filter((run) => run.state === "skipped").length < 4) list.push(skippedRun(plan, due, "the run before it was still going"));
    else {
      const failed = plan.broken ? n < 2 || random() < 0.05 : random() < plan.fails && n > 3;
      list.push(finishedRun(plan, due, failed, failed ? plan.backoff.length + 1 : random() < 0.05 && plan.backoff.length > 0 ? 2 : 1));
    }
  }
  return list;
}

for (const plan of EMPTY ? [] : PLANS) {
  const id = `${plan.script}/${plan.name}`;
  const list = history(plan);
  for (const run of list) runs.set(run.id, run);
  jobs.set(id, {
    plan,
    json: {
      id, script: plan.script, name: plan.name, schedule: plan.schedule, scheduleWords: plan.words, timezone: "UTC", state: plan.paused ? "paused" : "active",
      nextFireTime: iso(dueAfter(plan, Date.now())), backoffMs: plan.backoff, warnings: plan.warnings ?? [], running: 0, lastRun: null, recent: list.slice(0, 30).map(summary),
    },
  });
}
const refreshed = (job) => {
  const json = job.json;
  json.lastRun = json.recent[0] ?? null;
  json.running = json.recent.filter((run) => run.state === "running" || run.state === "retrying").length;
  return json;
};
const allJobs = () => [...jobs.values()].map(refreshed);

const scripts = EMPTY
  ? []
  : [...new Set(PLANS.map((plan) => plan.script))].map((name) => ({ name, path: `/srv/crons/${name}`, state: "running", error: null, loadedAt: iso(startedAt), jobs: PLANS.filter((plan) => plan.script === name).length, restarts: 0, nextRestartAt: null }));
if (!EMPTY) {
  scripts.push({
    name: "cleanup.ts", path: "/srv/crons/cleanup.ts", state: "failed", loadedAt: null, jobs: 0, restarts: 0, nextRestartAt: null,
    error: {
      message: "TypeError: Invalid cron schedule: hour 25 is not in 0-23 (cron 'clean temp files', '0 25 * * *')",
      report: "error: Uncaught (in promise) TypeError: Invalid cron schedule: hour 25 is not in 0-23 (cron 'clean temp files', '0 25 * * *')\nDeno.cron(\"clean temp files\", \"0 25 * * *\", clean);\n     ^\n    at file:///srv/crons/cleanup.ts:12:6",
      specifier: "file:///srv/crons/cleanup.ts", line: 12, column: 6,
    },
  });
}
const nodeList = () => [
  { name: "node-1", state: "up", self: true, startedAt: iso(startedAt), lastSeenAt: iso(Date.now()), version: "0.1.0", backend: "quartz", jit: { on: true, reason: null }, clockOffsetMs: 3 },
  { name: "node-2", state: "up", self: false, startedAt: iso(startedAt + 40 * MINUTE), lastSeenAt: iso(Date.now() - 700), version: "0.1.0", backend: "quartz", jit: { on: true, reason: null }, clockOffsetMs: -12 },
  { name: "node-3", state: "lost", self: false, startedAt: iso(startedAt), lastSeenAt: iso(Date.now() - 4 * HOUR), version: "0.1.0", backend: "quartz", jit: { on: false, reason: "the compiler jars are not on the upgrade module path" }, clockOffsetMs: 412 },
];

function send(name, data) {
  const text = `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  for (const stream of streams) stream.write(text);
}
const publish = (run) => {
  const job = jobs.get(run.job);
  const before = job.json.recent.filter((other) => other.id !== run.id);
  job.json.recent = [summary(run), ...before].sort((a, b) => b.scheduledTime.localeCompare(a.scheduledTime)).slice(0, 30);
  refreshed(job);
  send("run", summary(run));
};

function begin(job, due, trigger, ranAlreadyMs = 0) {
  const plan = job.plan;
  const at = Date.now() - ranAlreadyMs;
  const run = {
    id: runId(due), job: job.json.id, script: plan.script, name: plan.name, scheduledTime: iso(due), state: "running", reason: null, trigger, attempts: 1,
    startedAt: iso(at), endedAt: null, durationMs: null, latenessMs: Math.max(0, at - due), node: clusterOf(due), error: null, attemptList: [], logCount: 0,
  };
  const attempt = { attempt: 1, state: "running", startedAt: run.startedAt, endedAt: null, durationMs: null, node: run.node, fence: runCount, error: null, retryAt: null };
  run.attemptList.push(attempt);
  runs.set(run.id, run);
  publish(run);
  const takes = Math.max(900, plan.ms * between(0.8, 1.25)) + (ranAlreadyMs ? 9 * MINUTE : 0);
  const talker = setInterval(() => send("log", { run: run.id, ...talk(run, plan, Date.now()) }), Math.max(350, Math.min(takes / 8, 2_500)));
  for (let n = 0; n < (ranAlreadyMs ? 40 : 1); n++) send("log", { run: run.id, ...talk(run, plan, at + n * 900) });
  const settle = (failed) => {
    const now = Date.now();
    Object.assign(attempt, { state: failed ? "failed" : "succeeded", endedAt: iso(now), durationMs: now - at, error: failed ? stackOf(plan) : null });
    Object.assign(run, { state: failed ? "failed" : "succeeded", endedAt: iso(now), durationMs: now - at, error: failed ? stackOf(plan).split("\n")[0] : null });
    clearInterval(talker);
    publish(run);
  };
  setTimeout(() => settle(plan.broken || random() < plan.fails), takes);
  return run;
}

for (const job of jobs.values()) {
  const plan = job.plan;
  const fire = () => {
    const due = Date.parse(job.json.nextFireTime);
    job.json.nextFireTime = iso(dueAfter(plan, due));
    if (job.json.state === "paused") {
      const run = skippedRun(plan, due, "the job was paused");
      runs.set(run.id, run);
      publish(run);
    } else if (job.json.running > 0) {
      const run = skippedRun(plan, due, "the run before it was still going");
      runs.set(run.id, run);
      publish(run);
    } else begin(job, due, "schedule");
    send("job", refreshed(job));
    arm();
  };
  const arm = () => setTimeout(() => (Date.parse(job.json.nextFireTime) - Date.now() <= 0 ? fire() : arm()), Math.min(60_000, Math.max(0, Date.parse(job.json.nextFireTime) - Date.now())));
  arm();
}
if (!EMPTY) {
  begin(jobs.get("search.ts/rebuild index"), dueAfter({ every: 10 * MINUTE, at: 3 * MINUTE }, Date.now()) - 10 * MINUTE, "schedule", 94 * SECOND);
  const retrying = begin(jobs.get("inventory.ts/sync warehouse"), Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE, "schedule", 12 * SECOND);
  retrying.startedAt = iso(Date.now() - 12 * SECOND);
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".map": "application/json" };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const paged = (items, url, most) => {
  const limit = Math.min(Number(url.searchParams.get("limit") ?? most), 1_000);
  const from = Number(url.searchParams.get("cursor") ?? 0);
  return { items: items.slice(from, from + limit), cursor: from + limit < items.length ? String(from + limit) : null };
};

createServer((request, response) => {
  const url = new URL(request.url, "http://mock");
  const json = (status, body) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const missing = (what) => json(404, { error: { code: "not-found", message: `There is no ${what}.`, hint: "Look at the list." } });
  const path = url.pathname;
  if (path.startsWith("/api/") && TOKEN && request.headers.authorization !== `Bearer ${TOKEN}`) return json(401, { error: { code: "unauthorized", message: "A token is needed.", hint: null } });
  if (path === "/api/events") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(`event: hello\ndata: {"now":"${iso(Date.now())}"}\n\n`);
    streams.add(response);
    const beat = setInterval(() => response.write(": beat\n\n"), 15_000);
    request.on("close", () => {
      clearInterval(beat);
      streams.delete(response);
    });
    return;
  }
  if (path === "/api/overview") {
    const all = allJobs();
    const failing = all.filter((job) => job.lastRun?.state === "failed");
    const dayAgo = iso(Date.now() - DAY);
    return json(200, {
      now: iso(Date.now()), version: "0.1.0", backend: EMPTY ? "local" : "quartz",
      jobs: { total: all.length, active: all.filter((job) => job.state === "active").length, paused: all.filter((job) => job.state === "paused").length, failing: failing.length },
      running: all.reduce((sum, job) => sum + job.running, 0), failing,
      missed24h: [...runs.values()].filter((run) => run.state === "skipped" && run.scheduledTime > dayAgo && !run.reason.includes("paused")).length,
      next: all.filter((job) => job.state === "active").flatMap((job) => [0, 1, 2, 3].map((n) => ({ job: job.id, at: iso(Date.parse(job.nextFireTime) + n * jobs.get(job.id).plan.every) }))).sort((a, b) => a.at.localeCompare(b.at)).slice(0, 20),
      scriptsFailed: scripts.filter((script) => script.state === "failed").length,
    });
  }
  if (path === "/api/jobs") return json(200, { items: allJobs(), cursor: null });
  if (path === "/api/scripts") return json(200, { items: scripts, cursor: null });
  if (path === "/api/nodes") return json(200, { items: EMPTY ? nodeList().slice(0, 1) : nodeList(), cursor: null });
  const jobPath = /^\/api\/jobs\/([^/]+)(?:\/(trigger|pause|resume))?$/.exec(path);
  if (jobPath) {
    const job = jobs.get(decodeURIComponent(jobPath[1]));
    if (!job) return missing(`job '${decodeURIComponent(jobPath[1])}'`);
    if (request.method === "POST") {
      if (jobPath[2] === "trigger") return json(200, summary(begin(job, Date.now(), "manual")));
      job.json.state = jobPath[2] === "pause" ? "paused" : "active";
      send("job", refreshed(job));
      return json(200, refreshed(job));
    }
    const first = Date.parse(job.json.nextFireTime);
    return json(200, { ...refreshed(job), next: Array.from({ length: 10 }, (_, n) => iso(first + n * job.plan.every)) });
  }
  if (path === "/api/runs") {
    const get = (key) => url.searchParams.get(key) ?? "";
    const q = get("q").toLowerCase();
    const items = [...runs.values()]
      .filter((run) => (!get("job") || run.job === get("job")) && (!get("state") || run.state === get("state")) && (!get("from") || run.scheduledTime >= get("from")) && (!get("to") || run.scheduledTime < get("to")) && (!q || `${run.job} ${run.error} ${run.reason}`.toLowerCase().includes(q)))
      .sort((a, b) => b.scheduledTime.localeCompare(a.scheduledTime))
      .map(summary);
    return json(200, paged(items, url, 50));
  }
  const runPath = /^\/api\/runs\/([^/]+)(\/logs)?$/.exec(path);
  if (runPath) {
    const run = runs.get(runPath[1]);
    if (!run) return missing(`run '${runPath[1]}'`);
    return json(200, runPath[2] ? paged(logs.get(run.id) ?? [], url, 500) : run);
  }
  if (path.startsWith("/api/")) return missing("such address");
  const file = join("dist", normalize(path));
  const found = path !== "/" && existsSync(file) && extname(file) ? file : "dist/index.html";
  response.writeHead(200, { "Content-Type": TYPES[extname(found)] ?? "application/octet-stream", "Content-Security-Policy": CSP, "Cache-Control": "no-cache" });
  response.end(readFileSync(found));
}).listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}/`));
