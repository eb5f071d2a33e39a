// The processes that do the work, and the scripts they do it for.
import type { Script } from "../api";
import { Empty, Glyph, Time } from "../parts";
import { loaded, nodes, now, overview, scripts } from "../store";
import { agoWords, durationWords } from "../time";

const CLOCK_WARN_MS = 250;

const SCRIPT_GLYPH: Record<Script["state"], string> = { loading: "running", running: "succeeded", failed: "failed", restarting: "retrying", stopped: "paused", ended: "retired" };

function Scripts() {
  const list = [...scripts.value.values()].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section aria-labelledby="scripts-title">
      <div class="section-head">
        <h2 id="scripts-title">
          Scripts <span class="num sub">{list.length}</span>
        </h2>
      </div>
      {list.length === 0 ? (
        <Empty title="No scripts yet">
          <p>
            Name a file or a folder when you start the service (<code>./carillon serve crons/</code>) or under <code>scripts</code> in <code>carillon.yaml</code>.
          </p>
        </Empty>
      ) : (
        <table role="table" class="scripts-table">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col">Script</th>
              <th scope="col">State</th>
              <th scope="col" class="right">
                Jobs
              </th>
              <th scope="col" class="right">
                Restarts
              </th>
              <th scope="col">Loaded</th>
              <th scope="col">File</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {list.map((script) => (
              <tr role="row" key={script.name}>
                <th role="rowheader" scope="row" class="c-job">
                  <a href={`/?q=${encodeURIComponent(script.name)}`}>{script.name}</a>
                </th>
                <td role="cell" data-label="State">
                  <span class={`state is-${SCRIPT_GLYPH[script.state]}`}>
                    <Glyph of={SCRIPT_GLYPH[script.state]} />
                    {script.state}
                  </span>
                  {script.error && <span class="error-line mono block">{script.error.message}</span>}
                </td>
                <td role="cell" data-label="Jobs" class="right num">
                  {script.jobs}
                </td>
                <td role="cell" data-label="Restarts" class="right num">
                  {script.restarts}
                </td>
                <td role="cell" data-label="Loaded">
                  <Time at={script.loadedAt} />
                </td>
                <td role="cell" data-label="File" class="mono path">
                  {script.path}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

export function NodesPage() {
  const list = [...nodes.value.values()].sort((a, b) => a.name.localeCompare(b.name));
  if (!loaded.value) return <p class="loading">Asking the service…</p>;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Nodes</h1>
        <p class="page-lead">
          Backend <code>{overview.value?.backend}</code>, version <span class="num">{overview.value?.version}</span>.
        </p>
      </div>
      {list.length === 0 ? (
        <Empty title="No node has reported yet">
          <p>A node is one running service process. It appears here with its first heartbeat.</p>
        </Empty>
      ) : (
        <table role="table" class="nodes-table">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col">Node</th>
              <th scope="col">State</th>
              <th scope="col">Up since</th>
              <th scope="col">Last seen</th>
              <th scope="col">Version</th>
              <th scope="col">Backend</th>
              <th scope="col">JIT compiler</th>
              <th scope="col" class="right">
                Clock off by
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {list.map((node) => (
              <tr role="row" key={node.name}>
                <th role="rowheader" scope="row">
                  <span class="mono">{node.name}</span> {node.self && <span class="tag">answers this page</span>}
                </th>
                <td role="cell" data-label="State">
                  <span class={`state node-${node.state}`}>
                    <i class="lamp" aria-hidden="true" />
                    {node.state}
                  </span>
                  {node.lostAt && (
                    <span class="sub block">
                      taken for dead by {node.lostTo} <Time at={node.lostAt} as="millis" />
                    </span>
                  )}
                </td>
                <td role="cell" data-label="Up since">
                  <Time at={node.startedAt} />
                </td>
                <td role="cell" data-label="Last seen">
                  {node.self ? "now" : agoWords(now.value - Date.parse(node.lastSeenAt))}
                </td>
                <td role="cell" data-label="Version" class="num">
                  {node.version}
                </td>
                <td role="cell" data-label="Backend">
                  <code>{node.backend}</code>
                </td>
                <td role="cell" data-label="JIT compiler">
                  {node.jit.on === null ? <span class="none">–</span> : node.jit.on ? "on" : <>off{node.jit.reason && <span class="sub">: {node.jit.reason}</span>}</>}
                </td>
                <td role="cell" data-label="Clock off by" class={`right num${Math.abs(node.clockOffsetMs ?? 0) > CLOCK_WARN_MS ? " is-late" : ""}`}>
                  {node.clockOffsetMs === null ? <span class="none">–</span> : durationWords(node.clockOffsetMs)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {list.length === 1 && (
        <p class="sub hint">
          One node: the process that answers this page. Nodes that share a database stand here together.
        </p>
      )}
      <Scripts />
    </>
  );
}
