// Types of Deno KV as Carillon runs it.

declare namespace Deno {
  /**
   * Opens a database: without a path the script's own, with `":memory:"` a new one in memory, else a file, which is made if
   * need be. Files need permission to read and to write.
   */
  export function openKv(path?: string): Promise<Kv>;

  /** Types sort as they stand here: bytes, strings, bigints, numbers, booleans. */
  export type KvKeyPart = Uint8Array | string | bigint | number | boolean | symbol;
  /** At most 2048 bytes when encoded. */
  export type KvKey = readonly KvKeyPart[];

  /** What `get` may read from; without a difference here. */
  export type KvConsistencyLevel = "strong" | "eventual";

  export type KvListSelector =
    | { prefix: KvKey }
    | { prefix: KvKey; start: KvKey }
    | { prefix: KvKey; end: KvKey }
    | { start: KvKey; end: KvKey };

  export interface KvListOptions {
    /** How many entries at most; all if left out. */
    limit?: number;
    /** Where an earlier iteration over the same range, in the same direction, stood. */
    cursor?: string;
    reverse?: boolean;
    consistency?: KvConsistencyLevel;
    /** How many entries are read at once, as of one instant: at most 1000; 100 if left out, or the limit. */
    batchSize?: number;
  }

  export interface KvEntry<T> {
    key: KvKey;
    value: T;
    /** Of the commit that wrote it; later ones are larger as strings. */
    versionstamp: string;
  }

  export type KvEntryMaybe<T> = KvEntry<T> | { key: KvKey; value: null; versionstamp: null };

  export class KvListIterator<T> implements AsyncIterableIterator<KvEntry<T>> {
    /** Where the last entry was; empty behind the last of the range. */
    get cursor(): string;
    next(): Promise<IteratorResult<KvEntry<T>, undefined>>;
    [Symbol.asyncIterator](): AsyncIterableIterator<KvEntry<T>>;
  }

  /** An unsigned integer of 64 bits, which `sum`, `min` and `max` work on. */
  export class KvU64 {
    constructor(value: bigint);
    readonly value: bigint;
  }

  export interface AtomicCheck {
    key: KvKey;
    /** Null: there must be no such entry. */
    versionstamp: string | null;
  }

  export type KvMutation =
    & { key: KvKey }
    & (
      | { type: "set"; value: unknown; expireIn?: number }
      | { type: "delete" }
      | { type: "sum" | "min" | "max"; value: KvU64 }
    );

  export interface KvCommitResult {
    ok: true;
    versionstamp: string;
  }

  export interface KvCommitError {
    ok: false;
  }

  export interface KvSetOptions {
    /** Milliseconds after which the entry is gone. */
    expireIn?: number;
  }

  export interface KvEnqueueOptions {
    /** Milliseconds before the first delivery, at most 30 days. */
    delay?: number;
    /** Get the message as their value once the last delivery has failed. */
    keysIfUndelivered?: KvKey[];
    /** Milliseconds before each further delivery of a message whose handler fails: at most 5 of at most an hour. */
    backoffSchedule?: number[];
  }

  /** Checks, changes and messages that happen together or not at all. */
  export class AtomicOperation {
    check(...checks: AtomicCheck[]): this;
    mutate(...mutations: KvMutation[]): this;
    sum(key: KvKey, n: bigint): this;
    min(key: KvKey, n: bigint): this;
    max(key: KvKey, n: bigint): this;
    set(key: KvKey, value: unknown, options?: KvSetOptions): this;
    delete(key: KvKey): this;
    enqueue(value: unknown, options?: KvEnqueueOptions): this;
    /** `ok` is false if a check did not hold. */
    commit(): Promise<KvCommitResult | KvCommitError>;
  }

  /** A connection to a database. Operations take effect in the order of the calls. */
  export class Kv implements Disposable {
    get<T = unknown>(key: KvKey, options?: { consistency?: KvConsistencyLevel }): Promise<KvEntryMaybe<T>>;
    /** At most 10, as of one instant. */
    getMany<T extends readonly unknown[]>(
      keys: readonly [...{ [K in keyof T]: KvKey }],
      options?: { consistency?: KvConsistencyLevel },
    ): Promise<{ [K in keyof T]: KvEntryMaybe<T[K]> }>;
    /** The value is a structured clone, at most 65536 bytes. */
    set(key: KvKey, value: unknown, options?: KvSetOptions): Promise<KvCommitResult>;
    delete(key: KvKey): Promise<void>;
    list<T = unknown>(selector: KvListSelector, options?: KvListOptions): KvListIterator<T>;
    enqueue(value: unknown, options?: KvEnqueueOptions): Promise<KvCommitResult>;
    /** Calls the handler with each message; resolves when the database is closed. */
    listenQueue(handler: (value: any) => Promise<void> | void): Promise<void>;
    atomic(): AtomicOperation;
    /** The state of up to 10 keys, and again after every change. */
    watch<T extends readonly unknown[]>(
      keys: readonly [...{ [K in keyof T]: KvKey }],
      options?: { raw?: boolean },
    ): ReadableStream<{ [K in keyof T]: KvEntryMaybe<T[K]> }>;
    /** As the last part of a key in a `set`: the versionstamp of the commit. */
    commitVersionstamp(): symbol;
    close(): void;
    [Symbol.dispose](): void;
  }
}
