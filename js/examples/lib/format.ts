/** Milliseconds as a person writes them: `3.1 ms`, `12 s`, `4 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms.toFixed(1)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
