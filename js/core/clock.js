// A clock of the runtime's own, for a runtime that does not live by the machine's.

import { bridge, String } from "ext:core/infra.js";

const { defineProperty } = Object;

/*
 * Scripts see the runtime's own clock. On the machine's time that is what the engine does anyway.
 */
function ownDate() {
  const RealDate = globalThis.Date;
  const { construct } = Reflect;
  const now = () => bridge.now();
  function Date(...args) {
    if (new.target === undefined) {
      return String(new RealDate(now()));
    }
    return construct(RealDate, args.length === 0 ? [now()] : args, new.target === Date ? Date : new.target);
  }
  for (const key of Reflect.ownKeys(RealDate)) {
    defineProperty(Date, key, Object.getOwnPropertyDescriptor(RealDate, key));
  }
  defineProperty(Date, "length", { __proto__: null, value: 7, configurable: true });
  defineProperty(Date, "now", { __proto__: null, value: now, writable: true, configurable: true });
  defineProperty(RealDate.prototype, "constructor", { __proto__: null, value: Date, writable: true, configurable: true });
  defineProperty(globalThis, "Date", { __proto__: null, value: Date, writable: true, configurable: true });
}

ownDate();
