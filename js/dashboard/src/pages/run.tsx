// One run: what was due, what happened, what it said.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { api } from "../api";
import type { Attempt, LogLevel, LogLine, Run } from "../api";
import { Actions, Countdown, Duration, Elapsed, Empty, Problem, State, Time, errorWords, useLoaded } from "../parts";
import { Choices } from "../parts";
import { zone } from "../prefs";
import { jobHref } from "../paths";
import { queryValue, setQuery } from "../route";
import { connection, jobs, onLog, onRefresh, onRun } from "../store";
import { Lateness } from "../runs-table";
import { timeOfDayMillis, utcWords } from "../time";

const LEVELS: readonly LogLevel[] = ["debug", "info", "log", "warn", "error"];
/** Lines read at once; the rest comes by a button, so that a run that printed a million lines still opens. */
const LINES_AT_ONCE = 5_000;
const LINES_MAX = 50_000;

function AttemptItem({ attempt, only }: { attempt: Attempt; only: boolean }) {
  return (
    <li class={`attempt is-${attempt.state}`}>
      <div class="attempt-head">
        <h3>{only ? "The only attempt" : `Attempt ${attempt.attempt}`}</h3>
        <State of={attempt.state} />
        <span class="sub">
          {attempt.startedAt ? (
            <>
              started <Time at={attempt.startedAt} as="millis" />
            </>
          ) : (
            "not started"
          )}
          {attempt.state === "running" && attempt.startedAt ? (
            <>
              , for <Elapsed since={attempt.startedAt} />
            </>
          ) : attempt.durationMs !== null ? (
            <>
              , took <Duration ms={attempt.durationMs} />
            </>
          ) : null}
          {attempt.node && <>, on {attempt.node}</>}
          {attempt.fence !== null && (
            <span title="The epoch this attempt was started under; an older one can no longer commit anything.">, fence {attempt.fence}</span>
          )}
        </span>
      </div>
      {attempt.error && <pre class="stack" tabIndex={0}>{attempt.error}</pre>}
      {attempt.retryAt && (
        <p class="sub">
          Tried again <Time at={attempt.retryAt} />
          {Date.parse(attempt.retryAt) > Date.now() && (
            <>
              , in <Countdown at={attempt.retryAt} />
            </>
          )}
          .
        </p>
      )}
    </li>
  );
}

function useLogs(id: string): { lines: LogLine[]; more: boolean; loading: boolean; error: unknown; loadMore: () => void } {
  const [state, setState] = useState<{ lines: LogLine[]; cursor: string | null; loading: boolean; error: unknown }>({ lines: [], cursor: null, loading: true, error: null });
  const cursor = useRef<string | null>(null);

  const merge = (before: LogLine[], fresh: LogLine[]) => {
    if (fresh.length === 0) return before;
    const lastSeq = before.at(-1)?.seq ?? -1;
    if (fresh.every((line, index) => line.seq > (index === 0 ? lastSeq : (fresh[index - 1]?.seq ?? -1)))) return [...before, ...fresh].slice(-LINES_MAX);
    const bySeq = new Map(before.map((line) => [line.seq, line]));
    for (const line of fresh) bySeq.set(line.seq, line);
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-LINES_MAX);
  };

  const read = async (signal: AbortSignal, most: number) => {
    let got = 0;
    try {
      do {
        const page = await api.logs(id, cursor.current, signal);
        got += page.items.length;
        // The last page may have no cursor: stay where we are, what follows comes by events.
        const more = page.cursor !== null && page.items.length > 0;
        if (more) cursor.current = page.cursor;
        setState((before) => ({ lines: merge(before.lines, page.items), cursor: more ? page.cursor : null, loading: false, error: null }));
        if (!more) return;
      } while (got < most);
    } catch (error) {
      if (!signal.aborted) setState((before) => ({ ...before, loading: false, error }));
    }
  };

  useEffect(() => {
    const abort = new AbortController();
    cursor.current = null;
    setState({ lines: [], cursor: null, loading: true, error: null });
    void read(abort.signal, LINES_AT_ONCE);
    let waiting: LogLine[] = [];
    const stopLog = onLog((line) => {
      if (line.run !== id) return;
      if (waiting.length === 0) {
        queueMicrotask(() => {
          const fresh = waiting;
          waiting = [];
          setState((before) => ({ ...before, lines: merge(before.lines, fresh) }));
        });
      }
      waiting.push(line);
    });
    const stopRefresh = onRefresh(() => void read(abort.signal, LINES_AT_ONCE));
    return () => {
      abort.abort();
      stopLog();
      stopRefresh();
    };
  }, [id]);

  return { lines: state.lines, more: state.cursor !== null, loading: state.loading, error: state.error, loadMore: () => void read(new AbortController().signal, LINES_AT_ONCE) };
}

function Console({ run }: { run: Run }) {
  const { lines, more, loading, error, loadMore } = useLogs(run.id);
  const level = (LEVELS as readonly string[]).includes(queryValue("level")) ? (queryValue("level") as LogLevel) : "";
  const text = queryValue("find").toLowerCase();
  const least = level ? LEVELS.indexOf(level) : 0;
  const shown = lines.filter((line) => LEVELS.indexOf(line.level) >= least && (!text || line.text.toLowerCase().includes(text)));
  const running = run.state === "running" || run.state === "retrying";
  const box = useRef<HTMLDivElement>(null);
  const [tail, setTail] = useState(true);
  const several = new Set(lines.map((line) => line.attempt)).size > 1;

  useLayoutEffect(() => {
    if (tail && running && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown.length, tail, running]);

  const count = (from: LogLevel) => lines.filter((line) => LEVELS.indexOf(line.level) >= LEVELS.indexOf(from)).length;
  return (
    <section class="console" aria-labelledby="console-title">
      <div class="section-head">
        <h2 id="console-title">
          Console <span class="num sub">{lines.length}</span>
        </h2>
        <Choices
          label="Least level shown"
          value={level}
          onChange={(value) => setQuery({ level: value })}
          choices={[
            { value: "", label: "All" },
            { value: "info", label: "Info", count: count("info") },
            { value: "warn", label: "Warnings", count: count("warn") },
            { value: "error", label: "Errors", count: count("error") },
          ]}
        />
        <label class="filter-box">
          <span class="visually-hidden">Find in console</span>
          <input type="search" data-shortcut="/" placeholder="Find…" value={queryValue("find")} spellcheck={false} onInput={(event) => setQuery({ find: event.currentTarget.value })} />
        </label>
        {running && (
          <label class="check">
            <input type="checkbox" checked={tail} onChange={(event) => setTail(event.currentTarget.checked)} />
            <span>{connection.value.state === "live" ? "Follow" : "Follow (waiting for the connection)"}</span>
          </label>
        )}
      </div>
      {error !== null && lines.length === 0 ? (
        <Problem error={error} what="console log" />
      ) : loading ? (
        <p class="loading">Reading the log…</p>
      ) : lines.length === 0 ? (
        <Empty title={running ? "Nothing printed yet" : "This run printed nothing"}>
          <p>
            Whatever the job writes with <code>console.log</code>, <code>info</code>, <code>warn</code> or <code>error</code> is kept here, under the run that wrote it.
          </p>
        </Empty>
      ) : (
        <div
          class="log"
          ref={box}
          tabIndex={0}
          role="log"
          aria-label="Console output"
          aria-live="off"
          onScroll={(event) => {
            if (!running) return;
            const at = event.currentTarget;
            setTail(at.scrollHeight - at.scrollTop - at.clientHeight < 24);
          }}
        >
          {shown.length === 0 && <p class="sub">No line matches; {lines.length} hidden.</p>}
          {shown.map((line) => {
            const at = new Date(line.at);
            return (
              <div key={line.seq} class={`line is-${line.level}`}>
                <time dateTime={line.at} title={utcWords(at)}>
                  {timeOfDayMillis(at, zone.value)}
                </time>
                {several && <span class="line-attempt" title={`attempt ${line.attempt}`}>{line.attempt}</span>}
                <span class="line-level">{line.level}</span>
                <span class="line-text">{line.text}</span>
              </div>
            );
          })}
          {running && <div class="line is-waiting" aria-hidden="true">▍</div>}
        </div>
      )}
      {more && (
        <p class="more">
          <button type="button" class="button" onClick={loadMore}>
            Read more lines
          </button>
        </p>
      )}
    </section>
  );
}

export function RunPage({ id }: { id: string }) {
  const loaded = useLoaded<Run>(id, (signal) => api.run(id, signal));
  useEffect(() => {
    // The event has the facts but not the attempts: show the facts at once, ask for the rest.
    const stopRun = onRun((run) => {
      if (run.id !== id) return;
      loaded.set((before) => ({ ...before, ...run }));
      loaded.reload();
    });
    const stopRefresh = onRefresh(loaded.reload);
    return () => {
      stopRun();
      stopRefresh();
    };
  });
  const run = loaded.value;
  if (!run) {
    return loaded.error ? (
      <>
        <h1 tabIndex={-1}>Run</h1>
        <Problem error={loaded.error} what="run" />
      </>
    ) : (
      <p class="loading">Reading the run…</p>
    );
  }
  const job = jobs.value.get(run.job);
  return (
    <>
      <nav class="crumbs" aria-label="Where you are">
        <a href="/runs">Runs</a> <span aria-hidden="true">/</span> <a href={jobHref(run.job)}>{run.job}</a>
      </nav>
      <div class={`page-head run-head is-${run.state}`}>
        <h1 tabIndex={-1}>
          {run.name} <State of={run.state} />
        </h1>
        {job && job.state !== "retired" && <Actions job={job} wide />}
      </div>
      {loaded.error !== null && <p class="stale" role="status">{errorWords(loaded.error)}</p>}
      {(run.reason || (run.error && run.state !== "succeeded")) && (
        <p class={`verdict is-${run.state}`}>
          {run.reason}
          {run.reason && run.error ? ": " : ""}
          {run.error && <span class="mono">{run.error}</span>}
        </p>
      )}
      <dl class="facts">
        <div>
          <dt>Due</dt>
          <dd>
            <Time at={run.scheduledTime} as="full" />
          </dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>{run.startedAt ? <Time at={run.startedAt} as="millis" /> : <span class="none">not started</span>}</dd>
        </div>
        <div>
          <dt>Late by</dt>
          <dd>
            <Lateness run={run} />
          </dd>
        </div>
        <div>
          <dt>{run.state === "running" ? "Running for" : "Took"}</dt>
          <dd>{run.state === "running" && run.startedAt ? <Elapsed since={run.startedAt} /> : <Duration ms={run.durationMs} />}</dd>
        </div>
        <div>
          <dt>Attempts</dt>
          <dd class="num">{run.attempts}</dd>
        </div>
        <div>
          <dt>Node</dt>
          <dd>{run.node ?? <span class="none">none</span>}</dd>
        </div>
        <div>
          <dt>Started by</dt>
          <dd>{run.trigger === "manual" ? "hand" : "its schedule"}</dd>
        </div>
        <div class="fact-id">
          <dt>Run id</dt>
          <dd class="mono">{run.id}</dd>
        </div>
      </dl>
      {run.attemptList.length > 0 && (
        <section class="attempts-section" aria-labelledby="attempts-title">
          <h2 id="attempts-title">Attempts</h2>
          <ol class="attempt-list">
            {run.attemptList.map((attempt) => (
              <AttemptItem key={attempt.attempt} attempt={attempt} only={run.attemptList.length === 1} />
            ))}
          </ol>
        </section>
      )}
      {run.state !== "skipped" && <Console run={run} key={run.id} />}
    </>
  );
}
