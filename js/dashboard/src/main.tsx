// The frame around every page: name, places, clock, and whether what you see is live.
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Toasts } from "./parts";
import { JobPage } from "./pages/job";
import { NodesPage } from "./pages/nodes";
import { OverviewPage } from "./pages/overview";
import { RunPage } from "./pages/run";
import { RunsPage } from "./pages/runs";
import { shortcuts, theme, zone } from "./prefs";
import { navigate, path, route, startRouting } from "./route";
import { connection, failedScripts, failingJobs, loadError, loaded, needsToken, now, overview, start, useToken } from "./store";
import { timeOfDay, utcWords, zoneName } from "./time";

const PLACES = [
  { href: "/", label: "Overview", key: "o", is: (page: string) => page === "overview" || page === "job" },
  { href: "/runs", label: "Runs", key: "r", is: (page: string) => page === "runs" || page === "run" },
  { href: "/nodes", label: "Nodes", key: "n", is: (page: string) => page === "nodes" },
];

const helpOpen = signal(false);

function Wordmark() {
  return (
    <a class="wordmark" href="/" aria-label="Carillon, overview">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <path d="M16 4c-5 0-7.6 3.7-7.6 8.8 0 5.3-1.4 7.6-3.2 9.700h21.600c-1.8-2.1-3.2-4.4-3.2-9.700C23.6 7.7 21 4 16 4z" fill="currentColor" />
        <circle cx="16" cy="26" r="2.6" fill="currentColor" />
      </svg>
      <span>Carillon</span>
    </a>
  );
}

function Connection() {
  const line = connection.value;
  const left = line.state === "waiting" ? Math.max(0, Math.ceil((line.retryAt - Date.now()) / 1000)) : 0;
  // The countdown moves with the page's clock.
  void now.value;
  const words = line.state === "live" ? "Live" : line.state === "waiting" ? `Lost, retry in ${left} s` : line.state === "refused" ? "No access" : "Connecting…";
  return (
    <span class={`connection is-${line.state}`} title={line.state === "live" ? "Changes appear by themselves" : "What you see may be out of date"}>
      <i class="lamp" aria-hidden="true" />
      {words}
    </span>
  );
}

function Clock() {
  const at = new Date(now.value);
  return (
    <button
      type="button"
      class="clock"
      title={`${utcWords(at)}. Click for ${zone.value === "utc" ? "your own time zone" : "UTC"} everywhere.`}
      onClick={() => (zone.value = zone.value === "utc" ? "local" : "utc")}
    >
      <span class="num" aria-hidden="true">
        {timeOfDay(at, zone.value)}
      </span>
      <span class="clock-zone">{zoneName(zone.value)}</span>
      <span class="visually-hidden">is the time zone shown. Switch to {zone.value === "utc" ? "your own" : "UTC"}</span>
    </button>
  );
}

function Header() {
  const page = route.value.page;
  return (
    <header class="top">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Wordmark />
      <nav aria-label="Pages">
        {PLACES.map((each) => (
          <a key={each.href} href={each.href} aria-current={each.is(page) ? "page" : undefined}>
            {each.label}
          </a>
        ))}
      </nav>
      <div class="top-right">
        <Connection />
        <Clock />
        <button type="button" class="help-button" aria-label="Keyboard and display" title="Keyboard and display (?)" onClick={() => (helpOpen.value = true)}>
          ?
        </button>
      </div>
    </header>
  );
}

function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const keys: [string, string][] = [
    ["/", "go to the filter box"],
    ["g o", "overview"],
    ["g r", "runs"],
    ["g n", "nodes"],
    ["j k", "next, previous row"],
    ["Enter", "open the row"],
    ["u", "local time or UTC"],
    ["?", "this help"],
  ];
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (helpOpen.value = false)}>
      <div class="help-head">
        <h2 id="help-title">Keyboard and display</h2>
        <button type="button" class="plain close" aria-label="Close" onClick={() => (helpOpen.value = false)}>
          ×
        </button>
      </div>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={shortcuts.value === "on"} onChange={(event) => (shortcuts.value = event.currentTarget.checked ? "on" : "off")} />
        <span>Single-key shortcuts</span>
      </label>
      <fieldset class="radio-row">
        <legend>Colours</legend>
        {(["auto", "light", "dark"] as const).map((each) => (
          <label key={each} class="check">
            <input type="radio" name="theme" checked={theme.value === each} onChange={() => (theme.value = each)} />
            <span>{each === "auto" ? "as the system" : each}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="radio-row">
        <legend>Times</legend>
        {(["local", "utc"] as const).map((each) => (
          <label key={each} class="check">
            <input type="radio" name="zone" checked={zone.value === each} onChange={() => (zone.value = each)} />
            <span>{zoneName(each)}</span>
          </label>
        ))}
      </fieldset>
      <p class="sub">
        Carillon {overview.value?.version}. The same facts as JSON under <a href="/api/jobs">/api</a>, described in <a href="/openapi.yaml">openapi.yaml</a>; metrics at <a href="/metrics">/metrics</a>.
      </p>
    </dialog>
  );
}

function TokenForm() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <form
      class="empty token"
      onSubmit={(event) => {
        event.preventDefault();
        const value = input.current?.value.trim();
        if (value) useToken(value);
      }}
    >
      <h1 tabIndex={-1}>This service asks for a token</h1>
      <p>It listens on the network, so it lets in only those who hold the token from its configuration. The token stays in this tab.</p>
      <p class="token-row">
        <label class="field">
          <span>Token</span>
          <input ref={input} type="password" autocomplete="current-password" required />
        </label>
        <button type="submit" class="button is-main">
          Open
        </button>
      </p>
    </form>
  );
}

function Page() {
  const at = route.value;
  if (needsToken.value) return <TokenForm />;
  if (!loaded.value && loadError.value) {
    return (
      <div class="empty is-problem" role="alert">
        <h1 tabIndex={-1}>{loadError.value.message}</h1>
        <p>{loadError.value.hint ?? "This page tries again by itself."}</p>
      </div>
    );
  }
  switch (at.page) {
    case "overview":
      return <OverviewPage />;
    case "runs":
      return <RunsPage />;
    case "run":
      return <RunPage id={at.id} key={at.id} />;
    case "job":
      return <JobPage id={at.id} key={at.id} />;
    case "nodes":
      return <NodesPage />;
    default:
      return (
        <div class="empty">
          <h1 tabIndex={-1}>There is no such page</h1>
          <p>
            <a href="/">Overview</a>, <a href="/runs">runs</a>, <a href="/nodes">nodes</a>.
          </p>
        </div>
      );
  }
}

function Stale() {
  const line = connection.value;
  if (!loaded.value || line.state === "live" || now.value - line.since < 0) return null;
  if (line.state === "connecting") return null;
  return (
    <p class="stale" role="status">
      The service does not answer. You see what was known when the line broke; countdowns go on by the clock.
    </p>
  );
}

function App() {
  return (
    <>
      <Header />
      <Stale />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Toasts />
      <Help />
    </>
  );
}

/* ---- keyboard: one letter at a time, off with one switch, never while typing ---- */

let pendingG = 0;
function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (shortcuts.value === "off" || event.ctrlKey || event.metaKey || event.altKey || helpOpen.value) return;
  if (target.matches("input, select, textarea, [contenteditable]")) return;
  const rows = () => [...document.querySelectorAll<HTMLElement>("tr[data-row]")];
  const toRow = (step: number) => {
    const all = rows();
    const current = document.activeElement?.closest<HTMLElement>("tr[data-row]");
    const index = current ? all.indexOf(current) + step : step > 0 ? 0 : all.length - 1;
    all[Math.max(0, Math.min(all.length - 1, index))]?.querySelector<HTMLElement>("a")?.focus();
  };
  if (Date.now() - pendingG < 1_500) {
    pendingG = 0;
    const found = PLACES.find((each) => each.key === event.key);
    if (found) {
      event.preventDefault();
      navigate(found.href);
      return;
    }
  }
  switch (event.key) {
    case "/": {
      const box = document.querySelector<HTMLInputElement>("[data-shortcut='/']");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
      break;
    }
    case "g":
      pendingG = Date.now();
      break;
    case "j":
      toRow(1);
      break;
    case "k":
      toRow(-1);
      break;
    case "u":
      zone.value = zone.value === "utc" ? "local" : "utc";
      break;
    case "?":
      helpOpen.value = true;
      break;
  }
}

startRouting();
document.addEventListener("keydown", onKey);

// A page's name tells its place, and, in a background tab, whether to come and look.
effect(() => {
  const at = route.value;
  const broken = failingJobs.value.length + failedScripts.value.length;
  const place = at.page === "job" ? at.id : at.page === "run" ? "Run" : at.page === "runs" ? "Runs" : at.page === "nodes" ? "Nodes" : "Overview";
  document.title = `${broken > 0 ? `(${broken} broken) ` : ""}${place} · Carillon`;
});

// After a change of page the keyboard starts at its heading, as after a real page load.
let firstPath = true;
effect(() => {
  void path.value;
  if (firstPath) {
    firstPath = false;
    return;
  }
  requestAnimationFrame(() => (document.querySelector<HTMLElement>("main h1") ?? document.querySelector<HTMLElement>("main"))?.focus({ preventScroll: true }));
});

const root = document.getElementById("app");
if (root) render(<App />, root);
start();
