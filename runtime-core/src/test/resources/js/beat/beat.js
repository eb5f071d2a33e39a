// Waits for the next beat, runs the function, and says with the next wait how it went.
import { op_beat_create, op_beat_next } from "ext:core/ops";
import { core } from "ext:core/mod.js";

core.Deno.beat = async (name, fn) => {
  const rid = op_beat_create(name);
  let ok = true;
  while (await op_beat_next(rid, ok)) {
    try {
      await fn();
      ok = true;
    } catch {
      ok = false;
    }
  }
  core.tryClose(rid);
};
