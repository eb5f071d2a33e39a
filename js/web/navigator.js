// navigator: what a script may know of where it runs.
import { op_web_facts } from "ext:core/ops";
import { configureClass, illegalConstructor, internal } from "ext:web/webidl.js";

let facts;
const fact = (name) => (facts ??= op_web_facts())[name];

export class Navigator {
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
configureClass(Navigator, ["hardwareConcurrency", "userAgent", "language", "languages", "platform"]);
export const navigator = new Navigator(internal);
