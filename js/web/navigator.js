// navigator: what a script may know of where it runs.
import { core } from "ext:core/mod.js";
import { op_web_facts } from "ext:core/ops";
import { exposeClass, exposeGetter, illegalConstructor, internal } from "ext:web/webidl.js";

let facts;
const fact = (name) => (facts ??= op_web_facts())[name];

class Navigator {
  constructor(key) {
    if (key !== internal) illegalConstructor();
  }
  get hardwareConcurrency() {
    return fact("hardwareConcurrency");
  }
  get userAgent() {
    return fact("userAgent");
  }
  get language() {
    return fact("language");
  }
  get languages() {
    return [fact("language")];
  }
  get platform() {
    return fact("platform");
  }
}
exposeClass(Navigator, ["hardwareConcurrency", "userAgent", "language", "languages", "platform"]);
const navigator = new Navigator(internal);
exposeGetter("navigator", () => navigator);
core.defineGlobal("location", undefined);
