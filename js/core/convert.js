// Arguments of ops that are lists, arrays or objects; the generated ext:core/ops imports these where an op has some.

import { bool, isArray, numbers, str, stringify, TypeError } from "ext:core/infra.js";

function kindOf(value) {
  if (value === null || value === undefined) {
    return "unit value";
  }
  switch (typeof value) {
    case "boolean":
      return `boolean \`${value}\``;
    case "number":
      return numbers.isInteger(value) ? `integer \`${value}\`` : `floating point \`${value}\``;
    case "object":
      return isArray(value) ? "array" : "object";
    default:
      return typeof value;
  }
}

function array(value) {
  if (!isArray(value)) {
    throw new TypeError(`serde_v8 error: invalid type; expected: array, got: ${kindOf(value)}`);
  }
  return value;
}

const ELEMENTS = {
  __proto__: null,
  BOOL: bool,
  STRING: (value) => {
    if (typeof value !== "string") {
      throw new TypeError("expected type `v8::data::String`, got `v8::data::Value`");
    }
    return str(value);
  },
  I32: (value) => whole(value, -0x80000000, 0x7fffffff),
  I64: (value) => whole(value, numbers.MIN_SAFE_INTEGER, numbers.MAX_SAFE_INTEGER),
  F64: number,
};

function number(value) {
  if (typeof value !== "number") {
    throw new TypeError("expected type `v8::data::Number`, got `v8::data::Value`");
  }
  return value;
}

function whole(value, min, max) {
  const truncated = numbers.trunc(number(value));
  return truncated !== truncated ? 0 : truncated < min ? min : truncated > max ? max : truncated + 0;
}

export function list(value, element) {
  const convert = ELEMENTS[element];
  const from = array(value);
  const to = [];
  for (let i = 0; i < from.length; i++) {
    to[i] = convert(from[i]);
  }
  return to;
}

export function jsonArray(value) {
  return stringify(array(value));
}

export function jsonObject(value) {
  if (typeof value !== "object" || value === null || isArray(value)) {
    throw new TypeError(`serde_v8 error: invalid type; expected: object, got: ${kindOf(value)}`);
  }
  return stringify(value);
}
