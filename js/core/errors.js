// The classes of Deno.errors, made when a script or an error of the host first wants one.

import { Error, ERROR_NAMES } from "ext:core/infra.js";

export const errors = {};
for (let i = 0; i < ERROR_NAMES.length; i++) {
  const name = ERROR_NAMES[i];
  const named = {
    [name]: class extends Error {
      constructor(message, options) {
        super(message, options);
        this.name = name;
      }
    },
  };
  errors[name] = named[name];
}

/** An error of the host. */
export const build = (message, name) => new errors[name](message);

export const { BadResource, Interrupted, NotCapable } = errors;
