// Types of what every runtime has, whatever its extensions.

declare namespace Deno {
  /** Classes of the errors ops throw. */
  namespace errors {
    class NotFound extends Error {}
    class PermissionDenied extends Error {}
    class ConnectionRefused extends Error {}
    class ConnectionReset extends Error {}
    class ConnectionAborted extends Error {}
    class NotConnected extends Error {}
    class AddrInUse extends Error {}
    class AddrNotAvailable extends Error {}
    class BrokenPipe extends Error {}
    class AlreadyExists extends Error {}
    class InvalidData extends Error {}
    class TimedOut extends Error {}
    class Interrupted extends Error {}
    class WriteZero extends Error {}
    class WouldBlock extends Error {}
    class UnexpectedEof extends Error {}
    class BadResource extends Error {}
    class Http extends Error {}
    class Busy extends Error {}
    class NotSupported extends Error {}
    class FilesystemLoop extends Error {}
    class IsADirectory extends Error {}
    class NetworkUnreachable extends Error {}
    class NotADirectory extends Error {}
    class NotCapable extends Error {}
  }

  /** Key of what extensions share among themselves; nothing behind it is stable. */
  const internal: unique symbol;
}
