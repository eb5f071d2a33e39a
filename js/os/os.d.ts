// Types of the operating system's part of the Deno namespace, as Carillon runs it.
// Every function that touches files, the network or the environment needs the permission its error names.

declare namespace Deno {
  /** Environment variables of this script: what it sets, no other script sees. Needs env access. */
  const env: {
    get(key: string): string | undefined;
    set(key: string, value: string): void;
    has(key: string): boolean;
    delete(key: string): void;
    toObject(): Record<string, string>;
  };

  /** Ends the script with a code (default: {@link exitCode}), after an `unload` event; does not return. */
  function exit(code?: number): never;
  /** The code the script ends with when nothing is left to do. */
  var exitCode: number;
  /** What follows the script on the command line. */
  const args: string[];
  const pid: number;
  const ppid: number;
  /** True if the NO_COLOR environment variable is set. */
  const noColor: boolean;
  /** The URL of the script that was started. */
  const mainModule: string;
  const version: { deno: string; v8: string; typescript: string; carillon: string };
  const build: {
    target: string;
    arch: "x86_64" | "aarch64";
    os: "darwin" | "linux" | "windows";
    vendor: string;
    env?: string;
    standalone: boolean;
  };
  function execPath(): string;
  function cwd(): string;
  function chdir(directory: string | URL): void;

  function hostname(): string;
  function osRelease(): string;
  /** Seconds. */
  function osUptime(): number;
  /** Averages over 1, 5 and 15 minutes. */
  function loadavg(): number[];
  function uid(): number | null;
  function gid(): number | null;
  interface SystemMemoryInfo {
    total: number;
    free: number;
    available: number;
    buffers: number;
    cached: number;
    swapTotal: number;
    swapFree: number;
  }
  /** Bytes. */
  function systemMemoryInfo(): SystemMemoryInfo;
  interface MemoryUsage {
    rss: number;
    heapTotal: number;
    heapUsed: number;
    external: number;
  }
  /** Bytes, of the whole process with all its scripts. */
  function memoryUsage(): MemoryUsage;
  interface NetworkInterfaceInfo {
    name: string;
    family: "IPv4" | "IPv6";
    address: string;
    netmask: string;
    scopeid: number | null;
    cidr: string;
    mac: string;
  }
  function networkInterfaces(): NetworkInterfaceInfo[];
  /** The addresses of a name, by the system's resolver. Needs net access to the name. */
  function resolveDns(query: string, recordType: "A" | "AAAA"): Promise<string[]>;

  interface ReadFileOptions {
    signal?: AbortSignal;
  }
  interface WriteFileOptions {
    /** Adds at the end instead of replacing. */
    append?: boolean;
    /** Makes the file if there is none. Default: true. */
    create?: boolean;
    /** Fails if there is a file. */
    createNew?: boolean;
    mode?: number;
    signal?: AbortSignal;
  }
  interface MkdirOptions {
    /** Makes parents too, and does not mind a folder that is there. */
    recursive?: boolean;
    mode?: number;
  }
  interface RemoveOptions {
    /** Removes what is in a folder too. */
    recursive?: boolean;
  }
  interface MakeTempOptions {
    dir?: string;
    prefix?: string;
    suffix?: string;
  }
  interface FileInfo {
    isFile: boolean;
    isDirectory: boolean;
    isSymlink: boolean;
    size: number;
    mtime: Date | null;
    atime: Date | null;
    birthtime: Date | null;
    ctime: Date | null;
    dev: number;
    ino: number | null;
    mode: number | null;
    nlink: number | null;
    uid: number | null;
    gid: number | null;
  }
  interface DirEntry {
    name: string;
    isFile: boolean;
    isDirectory: boolean;
    isSymlink: boolean;
  }
  /** What is in a folder, in no order. */
  function readDir(path: string | URL): AsyncIterable<DirEntry>;
  function readDirSync(path: string | URL): Iterable<DirEntry>;
  /** The bytes of a file. */
  function readFile(path: string | URL, options?: ReadFileOptions): Promise<Uint8Array>;
  function readFileSync(path: string | URL, options?: ReadFileOptions): Uint8Array;
  /** The text of a file, decoded as UTF-8. */
  function readTextFile(path: string | URL, options?: ReadFileOptions): Promise<string>;
  function readTextFileSync(path: string | URL, options?: ReadFileOptions): string;
  /** Writes a file, replacing what was there. */
  function writeFile(path: string | URL, data: Uint8Array, options?: WriteFileOptions): Promise<void>;
  function writeFileSync(path: string | URL, data: Uint8Array, options?: WriteFileOptions): void;
  /** Writes text as UTF-8. */
  function writeTextFile(path: string | URL, data: string, options?: WriteFileOptions): Promise<void>;
  function writeTextFileSync(path: string | URL, data: string, options?: WriteFileOptions): void;
  /** Cuts or extends a file to `length` bytes (default: 0). */
  function truncate(path: string | URL, length?: number): Promise<void>;
  function truncateSync(path: string | URL, length?: number): void;
  /** Facts about a file; of the target, for a symbolic link. */
  function stat(path: string | URL): Promise<FileInfo>;
  function statSync(path: string | URL): FileInfo;
  /** Facts about a file; of the link itself, for a symbolic link. */
  function lstat(path: string | URL): Promise<FileInfo>;
  function lstatSync(path: string | URL): FileInfo;
  /** The absolute path without links. */
  function realPath(path: string | URL): Promise<string>;
  function realPathSync(path: string | URL): string;
  /** What a symbolic link points to. */
  function readLink(path: string | URL): Promise<string>;
  function readLinkSync(path: string | URL): string;
  /** Makes a folder. */
  function mkdir(path: string | URL, options?: MkdirOptions): Promise<void>;
  function mkdirSync(path: string | URL, options?: MkdirOptions): void;
  /** Removes a file or an empty folder. */
  function remove(path: string | URL, options?: RemoveOptions): Promise<void>;
  function removeSync(path: string | URL, options?: RemoveOptions): void;
  /** Moves a file or folder. */
  function rename(from: string | URL, to: string | URL): Promise<void>;
  function renameSync(from: string | URL, to: string | URL): void;
  /** Copies contents and mode of a file. */
  function copyFile(from: string | URL, to: string | URL): Promise<void>;
  function copyFileSync(from: string | URL, to: string | URL): void;
  /** Makes a symbolic link. */
  function symlink(target: string | URL, path: string | URL, options?: { type: "file" | "dir" | "junction" }): Promise<void>;
  function symlinkSync(target: string | URL, path: string | URL, options?: { type: "file" | "dir" | "junction" }): void;
  /** Makes a hard link. */
  function link(from: string, to: string): Promise<void>;
  function linkSync(from: string, to: string): void;
  /** Changes the mode of a file. */
  function chmod(path: string | URL, mode: number): Promise<void>;
  function chmodSync(path: string | URL, mode: number): void;
  /** Sets the times of a file; numbers are seconds. */
  function utime(path: string | URL, accessed: number | Date, modified: number | Date): Promise<void>;
  function utimeSync(path: string | URL, accessed: number | Date, modified: number | Date): void;
  /** Makes a new folder of a name nobody has. */
  function makeTempDir(options?: MakeTempOptions): Promise<string>;
  function makeTempDirSync(options?: MakeTempOptions): string;
  /** Makes a new file of a name nobody has. */
  function makeTempFile(options?: MakeTempOptions): Promise<string>;
  function makeTempFileSync(options?: MakeTempOptions): string;

  type PermissionName = "run" | "read" | "write" | "net" | "env" | "sys" | "ffi" | "import";
  type PermissionState = "granted" | "denied" | "prompt";
  type PermissionDescriptor =
    | { name: "read" | "write" | "ffi"; path?: string | URL }
    | { name: "net" | "import"; host?: string }
    | { name: "env"; variable?: string }
    | { name: "sys"; kind?: string }
    | { name: "run"; command?: string | URL };
  class PermissionStatus extends EventTarget {
    private constructor();
    readonly state: PermissionState;
    /** True if granted, but something under it is denied. */
    readonly partial: boolean;
    onchange: ((event: Event) => void) | null;
  }
  class Permissions {
    private constructor();
    query(descriptor: PermissionDescriptor): Promise<PermissionStatus>;
    querySync(descriptor: PermissionDescriptor): PermissionStatus;
    request(descriptor: PermissionDescriptor): Promise<PermissionStatus>;
    requestSync(descriptor: PermissionDescriptor): PermissionStatus;
    revoke(descriptor: PermissionDescriptor): Promise<PermissionStatus>;
    revokeSync(descriptor: PermissionDescriptor): PermissionStatus;
  }
  const permissions: Permissions;
}
