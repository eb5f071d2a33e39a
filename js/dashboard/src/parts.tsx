// The small instruments every page is built from.
import { signal } from "@preact/signals";
import { Component, Fragment } from "preact";
import type { ComponentChildren, ComponentType, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, api } from "./api";
import type { Job, RunState, RunSummary } from "./api";
import { zone } from "./prefs";
import { jobHref, runHref } from "./paths";
import { navigate } from "./route";
import { live } from "./jobs";
import { now, takeJob, takeRun } from "./store";
import { agoWords, clockWords, countdownWords, dayAndTime, durationWords, fullDay, timeOfDayMillis, utcWords } from "./time";

/* ---- states: a shape and a word each, so that colour is never the only carrier ---- */

export const STATE_WORDS: Record<RunState, string> = {
  running: "running",
  retrying: "retrying",
  succeeded: "succeeded",
  failed: "failed",
  skipped: "skipped",
  interrupted: "interrupted",
};

const GLYPHS: Record<string, JSX.Element> = {
  succeeded: <path d="M3.2 8.4 6.6 11.8 12.8 4.6" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" />,
  failed: <path d="M4 4l8 8M12 4l-8 8" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />,
  interrupted: <path d="M8.8 2 4.5 9h3.500l-1 5 4.6-7H8z" fill="currentColor" />,
  running: <path d="M4.5 2.800v10.400L13 8z" fill="currentColor" />,
  retrying: (
    <Fragment>
      <path d="M12.6 9.600A5 5 0 1 1 12 5" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
      <path d="M13.8 2.200v4.200H9.600z" fill="currentColor" />
    </Fragment>
  ),
  skipped: <path d="M3 8h10" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-dasharray="2.5 3" />,
  paused: <path d="M5 3v10M11 3v10" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" />,
  retired: <circle cx="8" cy="8" r="4.5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="2 2.2" />,
};

export function Glyph({ of }: { of: string }) {
  return (
    <svg class={`glyph is-${of}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      {GLYPHS[of] ?? <circle cx="8" cy="8" r="4" fill="currentColor" />}
    </svg>
  );
}

export function State({ of, word }: { of: RunState | "paused" | "retired" | "active"; word?: string }) {
  return (
    <span class={`state is-${of}`}>
      <Glyph of={of} />
      <span>{word ?? of}</span>
    </span>
  );
}

/** Draws again only when a prop is another object: with thousands of rows on the page a keystroke must not redraw them all. */
export function steady<P extends object>(Inner: (props: P) => JSX.Element): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return (Object.keys({ ...this.props, ...next }) as (keyof P)[]).some((key) => this.props[key as keyof typeof this.props] !== next[key]);
    }
    override render() {
      return <Inner {...(this.props as P)} />;
    }
  };
}

/* ---- times ---- */

export function Time({ at, as = "time", class: name }: { at: string | null; as?: "time" | "ago" | "full" | "millis"; class?: string }) {
  if (at === null) return <span class="none">none</span>;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>{at}</span>;
  const text =
    as === "ago"
      ? agoWords(now.value - date.getTime())
      : as === "millis"
        ? timeOfDayMillis(date, zone.value)
        : as === "full"
          ? `${fullDay(date, zone.value)}, ${timeOfDayMillis(date, zone.value)}`
          : dayAndTime(date, new Date(now.value), zone.value);
  return (
    <time dateTime={at} title={utcWords(date)} class={name ?? ""}>
      {text}
    </time>
  );
}

export function Countdown({ at }: { at: string }) {
  const date = new Date(at);
  const until = date.getTime() - now.value;
  return (
    <time dateTime={at} title={utcWords(date)} class={`countdown${until < 10_000 ? " is-close" : ""}`}>
      {countdownWords(until)}
    </time>
  );
}

export function Elapsed({ since }: { since: string }) {
  return <span class="countdown">{clockWords(now.value - Date.parse(since))}</span>;
}

export function Duration({ ms }: { ms: number | null }) {
  return ms === null ? <span class="none">–</span> : <span class="num">{durationWords(ms)}</span>;
}

/* ---- the strip: a row of bells, one bar per run, height by duration, newest at the right ---- */

const STRIP_SLOTS = 30;
const BAR_WIDTH = 5;
const BAR_STEP = 7;
const STRIP_HEIGHT = 26;

export function stripWords(recent: readonly RunSummary[]): string {
  if (recent.length === 0) return "No runs yet";
  const counts = new Map<string, number>();
  for (const run of recent) counts.set(run.state, (counts.get(run.state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
  return `Last ${recent.length} run${recent.length === 1 ? "" : "s"}: ${parts}. Newest ${recent[0]?.state}.`;
}

export function Strip({ recent }: { recent: readonly RunSummary[] }) {
  const runs = recent.slice(0, STRIP_SLOTS);
  const longest = Math.max(1, ...runs.map((run) => run.durationMs ?? 0));
  const width = STRIP_SLOTS * BAR_STEP - (BAR_STEP - BAR_WIDTH);
  const open = (event: MouseEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * STRIP_SLOTS);
    const run = runs[STRIP_SLOTS - 1 - slot];
    if (run) navigate(runHref(run.id));
  };
  return (
    <svg class="strip" viewBox={`0 0 ${width} ${STRIP_HEIGHT}`} width={width} height={STRIP_HEIGHT} role="img" aria-label={stripWords(runs)} onClick={open}>
      {Array.from({ length: STRIP_SLOTS - runs.length }, (_, slot) => (
        <rect key={`e${slot}`} class="bar-empty" x={slot * BAR_STEP} y={STRIP_HEIGHT - 2} width={BAR_WIDTH} height="2" />
      ))}
      {runs.map((run, index) => {
        const x = (STRIP_SLOTS - 1 - index) * BAR_STEP;
        // Square root: a run four times as long is twice as tall; short ones stay visible.
        const share = run.state === "skipped" ? 0.3 : Math.sqrt((run.durationMs ?? longest) / longest);
        const height = run.state === "failed" || run.state === "interrupted" ? STRIP_HEIGHT : Math.max(5, Math.round(share * STRIP_HEIGHT));
        return (
          <g key={run.id} class={`bar is-${run.state}`}>
            <title>{`${run.state}${run.reason ? `: ${run.reason}` : ""}${run.durationMs === null ? "" : `, ${durationWords(run.durationMs)}`}, due ${dayAndTime(new Date(run.scheduledTime), new Date(now.peek()), zone.value)}`}</title>
            <rect class="bar-hit" x={x - 1} y="0" width={BAR_STEP} height={STRIP_HEIGHT} />
            <rect x={x} y={STRIP_HEIGHT - height} width={BAR_WIDTH} height={height} rx="1" />
            {bad(run.state) && <rect class="bar-notch" x={x} y="4" width={BAR_WIDTH} height="2.5" />}
          </g>
        );
      })}
    </svg>
  );
}
const bad = (state: RunState) => state === "failed" || state === "interrupted";

/* ---- messages ---- */

interface Toast {
  id: number;
  kind: "ok" | "error";
  text: string;
  link?: { href: string; text: string };
  undo?: () => void;
}
const TOAST_MS = 8_000;
export const toasts = signal<Toast[]>([]);
let toastCount = 0;

export function say(toast: Omit<Toast, "id">): void {
  const id = ++toastCount;
  toasts.value = [...toasts.value.slice(-2), { ...toast, id }];
  // Errors stay until dismissed: they may need reading twice.
  if (toast.kind === "ok") setTimeout(() => dismiss(id), TOAST_MS);
}
const dismiss = (id: number) => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast is-${toast.kind}`}>
          <span>{toast.text}</span>
          {toast.link && <a href={toast.link.href}>{toast.link.text}</a>}
          {toast.undo && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                dismiss(toast.id);
                toast.undo?.();
              }}
            >
              Undo
            </button>
          )}
          <button type="button" class="plain close" aria-label="Dismiss message" onClick={() => dismiss(toast.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

export function errorWords(error: unknown): string {
  if (error instanceof ApiError) return error.hint ? `${error.message} ${error.hint}` : error.message;
  return error instanceof Error ? error.message : String(error);
}

/* ---- what one can do to a job ---- */

async function pause(job: Job): Promise<void> {
  takeJob(await api.pause(job.id));
  say({ kind: "ok", text: `Paused ${job.name}. It will not fire until resumed.`, undo: () => void act(() => resume(job)) });
}
async function resume(job: Job): Promise<void> {
  takeJob(await api.resume(job.id));
  say({ kind: "ok", text: `Resumed ${job.name}.` });
}
async function trigger(job: Job): Promise<void> {
  const run = await api.trigger(job.id);
  takeRun(run);
  say({ kind: "ok", text: `Started ${job.name}.`, link: { href: runHref(run.id), text: "Follow this run" } });
}
async function act(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    say({ kind: "error", text: errorWords(error) });
  }
}

/** Pauses or resumes many jobs, a few at a time; the jobs it changed can be changed back with one press. */
export async function changeAll(what: "pause" | "resume", chosen: readonly Job[]): Promise<void> {
  const AT_ONCE = 4;
  const todo = chosen.filter((job) => job.state === (what === "pause" ? "active" : "paused"));
  const done: Job[] = [];
  const failed: string[] = [];
  const queue = todo.slice();
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      try {
        takeJob(await api[what](job.id));
        done.push(job);
      } catch (error) {
        failed.push(`${job.name}: ${errorWords(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (done.length > 0) {
    const now = done.map((job) => ({ ...job, state: what === "pause" ? ("paused" as const) : ("active" as const) }));
    say({ kind: "ok", text: `${what === "pause" ? "Paused" : "Resumed"} ${done.length} job${done.length === 1 ? "" : "s"}.`, undo: () => void changeAll(what === "pause" ? "resume" : "pause", now) });
  }
  if (failed.length > 0) say({ kind: "error", text: `${failed.length} could not be ${what}d. ${failed[0]}` });
}

export function Actions({ job, wide = false }: { job: Job; wide?: boolean }) {
  const [busy, setBusy] = useState<string | null>(null);
  const button = (key: string, label: string, icon: JSX.Element, action: (job: Job) => Promise<void>) => (
    <button
      type="button"
      class={wide ? "button" : "button icon"}
      aria-label={`${label} ${job.name}`}
      title={label}
      aria-disabled={busy !== null}
      onClick={async () => {
        if (busy) return;
        setBusy(key);
        await act(() => action(job));
        setBusy(null);
      }}
    >
      {icon}
      {wide && <span>{label}</span>}
    </button>
  );
  if (job.state === "retired") return <span class="none">no longer registered</span>;
  return (
    <div class="actions">
      {button("run", "Run now", <Glyph of="running" />, trigger)}
      {job.state === "paused"
        ? button(
            "resume",
            "Resume",
            <svg class="glyph" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
              <path d="M3.5 3v10M7 3.200v9.600L14 8z" fill="currentColor" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
            </svg>,
            resume,
          )
        : button("pause", "Pause", <Glyph of="paused" />, pause)}
    </div>
  );
}

/* ---- pieces of pages ---- */

export function JobName({ id, name, script }: { id: string; name: string; script: string }) {
  return (
    <span class="job-name">
      <a href={jobHref(id)}>{name}</a>
      <span class="script">{script}</span>
    </span>
  );
}

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Problem({ error, what }: { error: unknown; what: string }) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div class="empty is-problem" role="alert">
      <h2>{missing ? `There is no such ${what}` : `The ${what} could not be read`}</h2>
      <p>{errorWords(error)}</p>
    </div>
  );
}

export function FilterBox({ value, onInput, label, placeholder }: { value: string; onInput: (value: string) => void; label: string; placeholder: string }) {
  return (
    <label class="filter-box">
      <span class="visually-hidden">{label}</span>
      <input
        type="search"
        value={value}
        placeholder={placeholder}
        data-shortcut="/"
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </label>
  );
}

export interface Choice {
  value: string;
  label: string;
  count?: number;
}
export function Choices({ label, choices, value, onChange }: { label: string; choices: readonly Choice[]; value: string; onChange: (value: string) => void }) {
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{label}</legend>
      {choices.map((choice) => (
        <button key={choice.value} type="button" class={`choice choice-${choice.value || "all"}`} aria-pressed={choice.value === value} onClick={() => onChange(choice.value)}>
          {choice.label}
          {choice.count !== undefined && <span class="num count"> {choice.count}</span>}
        </button>
      ))}
    </fieldset>
  );
}

/** Loads when its key changes and whenever asked; an answer that comes too late is dropped. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): { value: T | null; error: unknown; reload: () => void; set: (change: (value: T) => T) => void } {
  const [state, setState] = useState<{ key: string; value: T | null; error: unknown }>({ key, value: null, error: null });
  const [turn, setTurn] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  useEffect(() => {
    const abort = new AbortController();
    loader.current(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ key, value, error: null });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ key, value: before.key === key ? before.value : null, error }));
      },
    );
    return () => abort.abort();
  }, [key, turn]);
  const current = state.key === key ? state : { key, value: null, error: null };
  return {
    value: current.value,
    error: current.error,
    reload: () => setTurn((count) => count + 1),
    set: (change) => setState((before) => (before.value === null ? before : { ...before, value: change(before.value) })),
  };
}

export function LastResult({ run }: { run: RunSummary | null }) {
  if (run === null) return <span class="none">never ran</span>;
  return (
    <span class="last">
      <a href={runHref(run.id)} class="last-link">
        <State of={run.state} />
        {run.attempts > 1 && <span class="num attempts" title={`${run.attempts} attempts`}> ×{run.attempts}</span>}
      </a>
      <span class="sub">{live(run) && run.startedAt ? <Elapsed since={run.startedAt} /> : <Time at={run.endedAt ?? run.scheduledTime} as="ago" />}</span>
    </span>
  );
}
