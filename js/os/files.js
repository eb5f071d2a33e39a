// Deno's file functions. Every asynchronous one has a Sync twin on the same op body.
import * as ops from "ext:core/ops";

const EPOCH_UNKNOWN = null;

/** The path a string or a file: URL names. */
export function pathOf(path) {
  if (typeof path === "object" && path !== null && typeof path.href === "string" && typeof path.protocol === "string") {
    if (path.protocol !== "file:") {
      throw new TypeError("Must be a file URL");
    }
    return decodeURIComponent(path.pathname.replace(/%(?![0-9A-Fa-f]{2})/g, "%25"));
  }
  return String(path);
}

/** Settles with the promise, or rejects with the reason of the signal if that comes first. */
async function unlessAborted(signal, start) {
  if (signal === undefined || signal === null) {
    return await start();
  }
  signal.throwIfAborted();
  let onAbort;
  const aborted = new Promise((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

export function readFileSync(path) {
  return ops.op_os_read_file_sync(pathOf(path));
}

export async function readFile(path, options) {
  const name = pathOf(path);
  return await unlessAborted(options?.signal, () => ops.op_os_read_file(name));
}

export function readTextFileSync(path) {
  return ops.op_os_read_text_file_sync(pathOf(path));
}

export async function readTextFile(path, options) {
  const name = pathOf(path);
  return await unlessAborted(options?.signal, () => ops.op_os_read_text_file(name));
}

function writeArguments(path, data, options) {
  return [
    pathOf(path),
    data,
    options?.append ?? false,
    options?.create ?? true,
    options?.createNew ?? false,
    options?.mode ?? null,
  ];
}

export function writeFileSync(path, data, options = {}) {
  options.signal?.throwIfAborted();
  ops.op_os_write_file_sync(...writeArguments(path, data, options));
}

export async function writeFile(path, data, options = {}) {
  const { signal } = options;
  if (typeof data?.getReader === "function") {
    await writeStream(path, data, options, ops.op_os_write_file);
    return;
  }
  const args = writeArguments(path, data, options);
  await unlessAborted(signal, () => ops.op_os_write_file(...args));
}

export function writeTextFileSync(path, data, options = {}) {
  options.signal?.throwIfAborted();
  ops.op_os_write_text_file_sync(...writeArguments(path, String(data), options));
}

export async function writeTextFile(path, data, options = {}) {
  const { signal } = options;
  if (typeof data?.getReader === "function") {
    await writeStream(path, data, options, ops.op_os_write_text_file);
    return;
  }
  const args = writeArguments(path, String(data), options);
  await unlessAborted(signal, () => ops.op_os_write_text_file(...args));
}

async function writeStream(path, stream, options, write) {
  const { signal } = options;
  const empty = write === ops.op_os_write_text_file ? "" : new Uint8Array(0);
  signal?.throwIfAborted();
  await write(...writeArguments(path, empty, options));
  for await (const chunk of stream) {
    await unlessAborted(signal, () => write(...writeArguments(path, chunk, { append: true, create: false })));
  }
}

function date(millis) {
  return Number.isNaN(millis) ? EPOCH_UNKNOWN : new Date(millis);
}

const BLOCK_SIZE = 4096;

function fileInfo(facts) {
  const format = facts.mode & 0o170000;
  return {
    isFile: facts.isFile,
    isDirectory: facts.isDirectory,
    isSymlink: facts.isSymlink,
    size: facts.size,
    mtime: date(facts.mtime),
    atime: date(facts.atime),
    birthtime: date(facts.birthtime),
    ctime: date(facts.ctime),
    dev: facts.dev,
    ino: facts.ino,
    mode: facts.mode,
    nlink: facts.nlink,
    uid: facts.uid,
    gid: facts.gid,
    rdev: facts.rdev,
    // The JDK does not tell; these are what a file without holes has.
    blksize: BLOCK_SIZE,
    blocks: Math.ceil(facts.size / BLOCK_SIZE) * (BLOCK_SIZE / 512),
    isBlockDevice: format === 0o060000,
    isCharDevice: format === 0o020000,
    isFifo: format === 0o010000,
    isSocket: format === 0o140000,
  };
}

export function statSync(path) {
  return fileInfo(ops.op_os_stat_sync(pathOf(path)));
}

export async function stat(path) {
  return fileInfo(await ops.op_os_stat(pathOf(path)));
}

export function lstatSync(path) {
  return fileInfo(ops.op_os_lstat_sync(pathOf(path)));
}

export async function lstat(path) {
  return fileInfo(await ops.op_os_lstat(pathOf(path)));
}

export function realPathSync(path) {
  return ops.op_os_real_path_sync(pathOf(path));
}

export async function realPath(path) {
  return await ops.op_os_real_path(pathOf(path));
}

export function readLinkSync(path) {
  return ops.op_os_read_link_sync(pathOf(path));
}

export async function readLink(path) {
  return await ops.op_os_read_link(pathOf(path));
}

function* entries(list) {
  for (const entry of list) {
    yield {
      name: entry.slice(1),
      isFile: entry[0] === "f",
      isDirectory: entry[0] === "d",
      isSymlink: entry[0] === "l",
    };
  }
}

export function readDirSync(path) {
  return [...entries(ops.op_os_read_dir_sync(pathOf(path)))][Symbol.iterator]();
}

export function readDir(path) {
  const list = ops.op_os_read_dir(pathOf(path));
  // Who never iterates never hears of the failure.
  list.catch(() => {});
  return {
    async *[Symbol.asyncIterator]() {
      yield* entries(await list);
    },
  };
}

function mkdirArguments(path, options) {
  return [pathOf(path), Boolean(options?.recursive), options?.mode ?? null];
}

export function mkdirSync(path, options) {
  ops.op_os_mkdir_sync(...mkdirArguments(path, options));
}

export async function mkdir(path, options) {
  await ops.op_os_mkdir(...mkdirArguments(path, options));
}

export function removeSync(path, options) {
  ops.op_os_remove_sync(pathOf(path), Boolean(options?.recursive));
}

export async function remove(path, options) {
  await ops.op_os_remove(pathOf(path), Boolean(options?.recursive));
}

export function renameSync(from, to) {
  ops.op_os_rename_sync(pathOf(from), pathOf(to));
}

export async function rename(from, to) {
  await ops.op_os_rename(pathOf(from), pathOf(to));
}

export function copyFileSync(from, to) {
  ops.op_os_copy_file_sync(pathOf(from), pathOf(to));
}

export async function copyFile(from, to) {
  await ops.op_os_copy_file(pathOf(from), pathOf(to));
}

export function symlinkSync(from, to) {
  ops.op_os_symlink_sync(pathOf(from), pathOf(to));
}

export async function symlink(from, to) {
  await ops.op_os_symlink(pathOf(from), pathOf(to));
}

export function linkSync(from, to) {
  ops.op_os_link_sync(pathOf(from), pathOf(to));
}

export async function link(from, to) {
  await ops.op_os_link(pathOf(from), pathOf(to));
}

export function chmodSync(path, mode) {
  ops.op_os_chmod_sync(pathOf(path), mode);
}

export async function chmod(path, mode) {
  await ops.op_os_chmod(pathOf(path), mode);
}

export function truncateSync(path, length = 0) {
  ops.op_os_truncate_sync(pathOf(path), length);
}

export async function truncate(path, length = 0) {
  await ops.op_os_truncate(pathOf(path), length);
}

function seconds(time) {
  return time instanceof Date ? time.getTime() / 1000 : Number(time);
}

export function utimeSync(path, atime, mtime) {
  ops.op_os_utime_sync(pathOf(path), seconds(atime), seconds(mtime));
}

export async function utime(path, atime, mtime) {
  await ops.op_os_utime(pathOf(path), seconds(atime), seconds(mtime));
}

function tempArguments(folder, options) {
  return [folder, options?.dir ?? null, options?.prefix ?? null, options?.suffix ?? null];
}

export function makeTempDirSync(options) {
  return ops.op_os_make_temp_sync(...tempArguments(true, options));
}

export async function makeTempDir(options) {
  return await ops.op_os_make_temp(...tempArguments(true, options));
}

export function makeTempFileSync(options) {
  return ops.op_os_make_temp_sync(...tempArguments(false, options));
}

export async function makeTempFile(options) {
  return await ops.op_os_make_temp(...tempArguments(false, options));
}

export function cwd() {
  return ops.op_os_cwd();
}

export function chdir(path) {
  ops.op_os_chdir(pathOf(path));
}
