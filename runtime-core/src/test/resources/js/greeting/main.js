import { op_greet } from "ext:core/ops";
import { core } from "ext:core/mod.js";

core.Deno.greet = (name) => op_greet(name);
core.Deno.lazily = () => core.loadLazy("ext:greeting/lazy.js").value;
