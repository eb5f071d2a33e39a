import * as ops from "ext:core/ops";
import { core } from "ext:core/mod.js";

core.defineGlobal("ops", ops);
core.defineGlobal("say", (text) => core.print(String(text)));
