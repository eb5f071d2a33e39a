import { core } from "ext:core/mod.js";

core.Deno.myNumber = async () => 42;
