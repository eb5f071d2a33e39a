// The classes of Deno.errors.

import { registerErrorClass } from "ext:core/infra.js";

function define(name) {
  const ctor = {
    [name]: class extends Error {
      constructor(message, options) {
        super(message, options);
        this.name = name;
      }
    },
  }[name];
  registerErrorClass(name, ctor);
  return ctor;
}

export const NotFound = define("NotFound");
export const PermissionDenied = define("PermissionDenied");
export const ConnectionRefused = define("ConnectionRefused");
export const ConnectionReset = define("ConnectionReset");
export const ConnectionAborted = define("ConnectionAborted");
export const NotConnected = define("NotConnected");
export const AddrInUse = define("AddrInUse");
export const AddrNotAvailable = define("AddrNotAvailable");
export const BrokenPipe = define("BrokenPipe");
export const AlreadyExists = define("AlreadyExists");
export const InvalidData = define("InvalidData");
export const TimedOut = define("TimedOut");
export const Interrupted = define("Interrupted");
export const WriteZero = define("WriteZero");
export const WouldBlock = define("WouldBlock");
export const UnexpectedEof = define("UnexpectedEof");
export const BadResource = define("BadResource");
export const Http = define("Http");
export const Busy = define("Busy");
export const NotSupported = define("NotSupported");
export const FilesystemLoop = define("FilesystemLoop");
export const IsADirectory = define("IsADirectory");
export const NetworkUnreachable = define("NetworkUnreachable");
export const NotADirectory = define("NotADirectory");
export const NotCapable = define("NotCapable");

export const errors = {
  NotFound,
  PermissionDenied,
  ConnectionRefused,
  ConnectionReset,
  ConnectionAborted,
  NotConnected,
  AddrInUse,
  AddrNotAvailable,
  BrokenPipe,
  AlreadyExists,
  InvalidData,
  TimedOut,
  Interrupted,
  WriteZero,
  WouldBlock,
  UnexpectedEof,
  BadResource,
  Http,
  Busy,
  NotSupported,
  FilesystemLoop,
  IsADirectory,
  NetworkUnreachable,
  NotADirectory,
  NotCapable,
};
