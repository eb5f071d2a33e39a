// Durations over time, one mark per run: shape and colour tell how it ended. Logarithmic, for a hang is a thousand times a run.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RunSummary } from "./api";
import { Glyph, Time } from "./parts";
import { zone } from "./prefs";
import { runHref } from "./paths";
import { navigate } from "./route";
import { day, durationWords, timeOfDayShort } from "./time";

const HEIGHT = 190;
const LEFT = 64;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 26;

const STEPS_MS = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000];

export function Scatter({ runs }: { runs: readonly RunSummary[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const [cursor, setCursor] = useState<number | null>(null);
  const points = runs.filter((run) => run.durationMs !== null || run.state === "skipped").slice().reverse();
  const drawn = points.length >= 2;
  // Looked for again when the field appears: with one run there is nothing to measure yet.
  useLayoutEffect(() => {
    if (!box.current) return;
    setWidth(Math.max(280, Math.round(box.current.clientWidth)));
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.max(280, Math.round(entry.contentRect.width))));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [drawn]);

  if (!drawn) return null;
  const times = points.map((run) => Date.parse(run.scheduledTime));
  const from = Math.min(...times);
  const to = Math.max(...times, from + 1);
  const durations = points.filter((run) => run.durationMs !== null).map((run) => Math.max(1, run.durationMs ?? 1));
  const low = STEPS_MS.filter((step) => step <= Math.min(...durations, 1e9)).at(-1) ?? 1;
  const high = STEPS_MS.find((step) => step >= Math.max(...durations, 10) && step > low) ?? STEPS_MS.at(-1)!;
  const x = (ms: number) => LEFT + 6 + ((ms - from) / (to - from)) * (width - LEFT - RIGHT - 12);
  const y = (ms: number) => TOP + (1 - (Math.log(Math.max(1, ms)) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (HEIGHT - TOP - BOTTOM);
  const place = (run: RunSummary) => ({ cx: x(Date.parse(run.scheduledTime)), cy: run.durationMs === null ? HEIGHT - BOTTOM : y(run.durationMs) });

  const sorted = durations.slice().sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = sorted.at(-1) ?? 0;
  const failed = points.filter((run) => run.state === "failed" || run.state === "interrupted").length;

  const nearest = (event: MouseEvent) => {
    const frame = (event.currentTarget as Element).getBoundingClientRect();
    const mx = event.clientX - frame.left;
    const my = event.clientY - frame.top;
    let best = 0;
    let bestDistance = Infinity;
    points.forEach((run, index) => {
      const { cx, cy } = place(run);
      const distance = Math.hypot(cx - mx, (cy - my) * 0.6);
      if (distance < bestDistance) [best, bestDistance] = [index, distance];
    });
    return best;
  };
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.key in moves) {
      event.preventDefault();
      const start = cursor ?? points.length;
      setCursor(Math.min(points.length - 1, Math.max(0, start + (moves[event.key] ?? 0))));
    } else if (event.key === "Enter" && cursor !== null && points[cursor]) {
      navigate(runHref(points[cursor].id));
    }
  };
  const chosen = cursor === null ? null : (points[cursor] ?? null);
  const spanDays = to - from > 36 * 3_600_000;
  const axis = [0, 0.25, 0.5, 0.75, 1].filter((_, index) => width > 500 || index % 2 === 0).map((share) => from + share * (to - from));

  return (
    <figure class="scatter">
      <div
        ref={box}
        class="scatter-field"
        role="group"
        tabIndex={0}
        aria-label={`Durations of the last ${points.length} runs: median ${durationWords(median)}, longest ${durationWords(worst)}, ${failed} failed. Arrow keys read single runs, Enter opens one.`}
        onKeyDown={onKey}
        onMouseMove={(event) => setCursor(nearest(event))}
        onMouseLeave={() => setCursor(null)}
        onBlur={() => setCursor(null)}
        onClick={(event) => {
          const run = points[nearest(event)];
          if (run) navigate(runHref(run.id));
        }}
      >
        <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
          {STEPS_MS.filter((step) => step >= low && step <= high).map((step) => (
            <g key={step}>
              <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(step)} y2={y(step)} />
              <text class="axis" x={LEFT - 8} y={y(step) + 4} text-anchor="end">
                {step < 1000 ? `${step} ms` : step < 60_000 ? `${step / 1000} s` : step < 3_600_000 ? `${step / 60_000} min` : `${step / 3_600_000} h`}
              </text>
            </g>
          ))}
          <line class="median" x1={LEFT} x2={width - RIGHT} y1={y(median)} y2={y(median)} />
          {axis.map((at, index) => (
            <text key={index} class="axis" x={x(at)} y={HEIGHT - 6} text-anchor={index === 0 ? "start" : index === axis.length - 1 ? "end" : "middle"}>
              {spanDays ? `${day(new Date(at), zone.value)} ` : ""}
              {timeOfDayShort(new Date(at), zone.value)}
            </text>
          ))}
          {points.map((run, index) => {
            const { cx, cy } = place(run);
            const mark =
              run.state === "failed" || run.state === "interrupted" ? (
                <path d={`M${cx - 4} ${cy - 4}l8 8m0-8l-8 8`} />
              ) : run.state === "skipped" ? (
                <path d={`M${cx - 4} ${cy}h8`} />
              ) : (
                <circle cx={cx} cy={cy} r={run.attempts > 1 ? 4.5 : 3.2} />
              );
            return (
              <g key={run.id} class={`dot is-${run.state}${run.attempts > 1 ? " is-many" : ""}${index === cursor ? " is-chosen" : ""}`}>
                {index === cursor && <circle class="halo" cx={cx} cy={cy} r="9" />}
                {mark}
              </g>
            );
          })}
        </svg>
      </div>
      <figcaption class="readout" aria-live="polite">
        {chosen ? (
          <span class={`is-${chosen.state}`}>
            <Glyph of={chosen.state} /> {chosen.state} {chosen.durationMs !== null && <>in {durationWords(chosen.durationMs)}</>}
            {chosen.attempts > 1 && `, ${chosen.attempts} attempts`}, due <Time at={chosen.scheduledTime} />
            {chosen.error && <span class="mono"> {chosen.error}</span>}
            {chosen.reason && ` (${chosen.reason})`}
          </span>
        ) : (
          <span class="sub">
            Last {points.length} runs. Median <span class="num">{durationWords(median)}</span> (dashed), longest <span class="num">{durationWords(worst)}</span>
            {failed > 0 && `, ${failed} failed`}.
          </span>
        )}
      </figcaption>
    </figure>
  );
}
