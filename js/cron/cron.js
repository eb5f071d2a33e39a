// Deno.cron, and Carillon.run: the run the code that asks belongs to. What is behind them is loaded by the first cron.
import { core } from "ext:core/mod.js";

const { defineProperty } = Object;

let loaded;
const jobs = () => loaded ??= core.loadLazy("ext:cron/jobs.js");

defineProperty(core.Deno, "cron", {
  get: defineProperty(() => jobs().cron, "name", { value: "get cron" }),
  set: undefined,
  enumerable: true,
  configurable: true,
});

function currentRun() {
  const scope = core.currentScope();
  return scope === 0 ? undefined : jobs().runOf(scope);
}

const Carillon = globalThis.Carillon ?? {};
defineProperty(Carillon, "run", {
  get: defineProperty(() => currentRun(), "name", { value: "get run" }),
  set: undefined,
  enumerable: true,
  configurable: true,
});
core.defineGlobal("Carillon", Carillon);

core.defineAllLazy(core.internals, { "ext:cron/schedule.js": ["formatToCronSchedule", "parseScheduleToString"] });
