// Gives scripts under test the ops and the core object, which real glue never does.
import * as ops from "ext:core/ops";
import { core } from "ext:core/mod.js";

core.defineGlobal("ops", ops);
core.defineGlobal("core", core);
core.defineGlobal("say", (text) => core.print(String(text)));
