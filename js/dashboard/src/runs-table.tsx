// One way to show runs, wherever a list of them stands.
import type { RunSummary } from "./api";
import { Duration, Elapsed, JobName, State, Time } from "./parts";
import { runHref } from "./paths";
import { durationWords } from "./time";

const LATE_MS = 1_000;

export function Lateness({ run }: { run: RunSummary }) {
  if (run.latenessMs === null || run.state === "skipped") return <span class="none">–</span>;
  return <span class={`num${run.latenessMs >= LATE_MS ? " is-late" : ""}`}>{durationWords(run.latenessMs)}</span>;
}

export function RunsTable({ runs, withJob }: { runs: readonly RunSummary[]; withJob: boolean }) {
  return (
    <table role="table" class="runs-table">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col">State</th>
          {withJob && <th scope="col">Job</th>}
          <th scope="col">Due</th>
          <th scope="col" class="right">
            Late by
          </th>
          <th scope="col" class="right">
            Took
          </th>
          <th scope="col" class="right">
            Attempts
          </th>
          <th scope="col">Node</th>
          <th scope="col">What happened</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {runs.map((run) => (
          <tr role="row" key={run.id} class={`run-row is-${run.state}`} data-row={runHref(run.id)}>
            <th role="rowheader" scope="row" class="c-state">
              <a href={runHref(run.id)} aria-label={`Run of ${run.name}, ${run.state}`}>
                <State of={run.state} />
              </a>
            </th>
            {withJob && (
              <td role="cell" class="c-job">
                <JobName id={run.job} name={run.name} script={run.script} />
              </td>
            )}
            <td role="cell" class="c-due" data-label="Due">
              <Time at={run.scheduledTime} />
              {run.trigger === "manual" && <span class="tag">by hand</span>}
            </td>
            <td role="cell" class="right" data-label="Late by">
              <Lateness run={run} />
            </td>
            <td role="cell" class="right" data-label="Took">
              {run.state === "running" && run.startedAt ? <Elapsed since={run.startedAt} /> : <Duration ms={run.durationMs} />}
            </td>
            <td role="cell" class={`right num${run.attempts > 1 ? " is-many" : ""}`} data-label="Attempts">
              {run.attempts}
            </td>
            <td role="cell" class="c-node" data-label="Node">
              {run.node ?? <span class="none">–</span>}
            </td>
            <td role="cell" class="c-what">
              {run.error ? <span class="mono error-line">{run.error}</span> : run.reason ? <span class="sub">{run.reason}</span> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
