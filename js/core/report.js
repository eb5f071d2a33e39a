// What is told of an uncaught error.

import { AggregateError, apply, bridge, currentError, Error, isArray, String, strings, stringify } from "ext:core/infra.js";
import { core } from "ext:core/mod.js";

const { match: stringMatch, replaceAll: stringReplaceAll, search: stringSearch, slice: stringSlice } = strings;

export function framesOf(error) {
  const stack = error.stack;
  if (typeof stack !== "string") {
    return "";
  }
  const at = apply(stringSearch, stack, [/\n +at /]);
  return at < 0 ? "" : apply(stringSlice, stack, [at]);
}

function headOf(error) {
  const name = error.name === undefined ? "Error" : String(error.name);
  const message = error.message === undefined ? "" : String(error.message);
  let head = name === "" ? message : message === "" ? name : `${name}: ${message}`;
  if (error instanceof AggregateError && isArray(error.errors)) {
    for (let i = 0; i < error.errors.length; i++) {
      const inner = error.errors[i];
      const text = inner instanceof Error ? headOf(inner) + framesOf(inner) + causesOf(inner, [error]) : core.inspect(inner);
      head += `\n    ${apply(stringReplaceAll, text, ["\n", "\n    "])}`;
    }
  }
  return head;
}

function causesOf(error, seen) {
  const { cause } = error;
  if (cause === undefined) {
    return "";
  }
  if (!(cause instanceof Error)) {
    return `\nCaused by: ${core.inspect(cause)}`;
  }
  for (let i = 0; i < seen.length; i++) {
    if (seen[i] === cause) {
      return `\nCaused by: ${headOf(cause)} [Circular]`;
    }
  }
  seen[seen.length] = cause;
  return `\nCaused by: ${headOf(cause)}${framesOf(cause)}${causesOf(cause, seen)}`;
}

/** What the host is told of an uncaught error, in JSON; see ErrorReport. */
export function describe(thrown, where) {
  const error = bridge.describe(thrown) ? currentError(0) : thrown;
  const report = {
    errorClass: "", message: "", where, head: "", tail: "", specifier: null, line: 0, column: 0, code: null,
  };
  try {
    if (error instanceof Error) {
      report.errorClass = String(error.name ?? "Error");
      report.message = String(error.message ?? "");
      report.code = typeof error.code === "string" ? error.code : null;
      report.head = headOf(error);
      const frames = framesOf(error);
      report.tail = frames + causesOf(error, [error]);
      // The first frame of the script's own: glue is not where a person looks.
      const frame = apply(stringMatch, frames, [/^ +at (?:async )?(?:.*? \()?((?:file|https?|data|blob):[^\n]*?):(\d+):(\d+)\)?$/m]);
      if (frame !== null) {
        report.specifier = frame[1];
        report.line = +frame[2];
        report.column = +frame[3];
      }
    } else {
      report.head = report.message = core.inspect(error);
    }
  } catch {
    report.head ||= "an error that throws when it is looked at";
  }
  return stringify(report);
}
