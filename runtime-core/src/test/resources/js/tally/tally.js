// The global class Tally: the public face of the tally ops.
import { op_tally_add, op_tally_open, op_tally_reached } from "ext:core/ops";
import { core } from "ext:core/mod.js";

class Tally {
  #rid = op_tally_open();

  add(by) {
    return op_tally_add(this.#rid, by);
  }

  reached(goal) {
    return op_tally_reached(this.#rid, goal);
  }

  close() {
    core.close(this.#rid);
  }
}

core.defineGlobal("Tally", Tally);
