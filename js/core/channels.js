// Channels: messages between the script and the host outside of any op.

import {
  apply, bridge, buffer, bufferOf, fail, lengthOf, Map, maps, offsetOf, str, toBytes, TypeError, Uint8Array,
} from "ext:core/infra.js";
import { reportException } from "ext:core/mod.js";

const NO_BYTES = new Uint8Array(0);

/** Sends bytes to the host; its answer, or null. */
export function pub(channel, message) {
  let answer;
  try {
    const view = message === undefined ? NO_BYTES : buffer(message);
    answer = bridge.pub(str(channel), bufferOf(view), offsetOf(view), lengthOf(view));
  } catch (e) {
    throw fail(e, 0);
  }
  return answer === -1 ? toBytes(bridge.settledValue()) : null;
}

const subscribers = new Map();

/** Calls back with each message of the host; one subscriber a channel. It keeps the loop alive until unref'd or closed. */
export function sub(channel, callback) {
  if (apply(maps.has, subscribers, [channel])) {
    throw new TypeError(`Channel "${channel}" has a subscriber already`);
  }
  apply(maps.set, subscribers, [channel, callback]);
  let open = true;
  let referenced = true;
  bridge.subscribed(1);
  const reference = (wanted) => {
    if (open && referenced !== wanted) {
      referenced = wanted;
      bridge.subscribed(wanted ? 1 : -1);
    }
  };
  return {
    ref: () => reference(true),
    unref: () => reference(false),
    close: () => {
      reference(false);
      open = false;
      apply(maps.delete, subscribers, [channel]);
    },
  };
}

function message(channel) {
  const bytes = toBytes(bridge.settledValue());
  const callback = apply(maps.get, subscribers, [channel]);
  if (callback !== undefined) {
    try {
      callback(bytes);
    } catch (e) {
      reportException(e);
    }
  }
}

bridge.install({ __proto__: null, message });
