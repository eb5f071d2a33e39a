package dev.carillon.kv;

import dev.carillon.kv.AtomicWrite.Check;
import dev.carillon.kv.AtomicWrite.Combine;
import dev.carillon.kv.AtomicWrite.Message;
import dev.carillon.kv.AtomicWrite.Mutation;
import dev.carillon.kv.AtomicWrite.Operator;
import dev.carillon.kv.AtomicWrite.Put;
import dev.carillon.kv.AtomicWrite.Remove;
import dev.carillon.kv.KvValue.Kind;
import dev.carillon.kv.codec.BadKey;
import dev.carillon.kv.codec.KeyCodec;
import dev.carillon.kv.codec.Versionstamp;
import dev.carillon.runtime.Environment;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.RuntimeControl;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.WorkingDirectory;
import dev.carillon.runtime.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The ops of {@code Deno.openKv}. Keys and values come and go as {@link WireReader} reads them. */
public final class KvOps {
    private static final String API = "Deno.openKv()";
    private static final long EXPIRE_IN_MS_MAX = 8_200_000_000_000_000L; // the calendar of the reference ends there

    private final ResourceTable resources;
    private final Permissions permissions;
    private final Environment environment;
    private final WorkingDirectory cwd;
    private final RuntimeControl control;
    private final EventLoop loop;
    private final TimeSource time;
    private final KvOptions options;

    KvOps(OpState state, KvOptions options) {
        resources = state.borrow(ResourceTable.class);
        permissions = state.borrow(Permissions.class);
        environment = state.borrow(Environment.class);
        cwd = state.borrow(WorkingDirectory.class);
        control = state.borrow(RuntimeControl.class);
        loop = state.borrow(EventLoop.class);
        time = state.borrow(RuntimeOptions.class).time();
        this.options = options;
    }

    /** A connection, under its rid. */
    private record Database(KvStore store) implements Resource {
        @Override
        public String name() {
            return "database";
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private record Watcher(KvStore.Watch watch) implements Resource {
        @Override
        public String name() {
            return "databaseWatcher";
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    private record Delivered(KvStore.Delivery delivery) implements Resource {
        @Override
        public String name() {
            return "queueMessage";
        }
    }

    /**
     * @param given null for the default database
     * @return the rid of the connection
     */
    @Op("op_kv_database_open")
    public CompletionStage<Integer> open(@Nullable String given) {
        var path = path(KvPath.of(given, environment));
        return CompletableFuture.completedFuture(
                resources.add(new Database(options.open().apply(path))));
    }

    private @Nullable Path path(KvPath meant) {
        return switch (meant) {
            case KvPath.Default() -> options.defaultPath().apply(control.mainModule());
            case KvPath.Memory() -> null;
            case KvPath.File(String shown) -> {
                var path = cwd.resolve(shown);
                permissions.checkPath(Permissions.Kind.READ, path, shown, API);
                permissions.checkPath(Permissions.Kind.WRITE, path, shown, API);
                yield path;
            }
        };
    }

    // --- reading

    /**
     * @param request a number of ranges, each: three flagged keys (prefix, start, end), limit, reverse, cursor
     * @return for each range a number of entries and these
     */
    @Op("op_kv_snapshot_read")
    public CompletionStage<String> read(int rid, String request, String consistency) {
        if (!consistency.equals("strong") && !consistency.equals("eventual")) {
            throw JsVisibleException.typeError(
                    "unknown variant `" + consistency + "`, expected `strong` or `eventual`");
        }
        var store = store(rid);
        var in = new WireReader(request);
        int count = in.count();
        KvLimits.ranges(count);
        var ranges = new ArrayList<KvRange>(count);
        long entries = 0;
        for (int i = 0; i < count; i++) {
            var selector = selector(in);
            long limit = in.number();
            entries += limit;
            ranges.add(selector.range((int) Math.min(limit, Integer.MAX_VALUE), in.flag(), in.text()));
        }
        KvLimits.entries(entries);
        return store.read(ranges).thenApply(WireWriter::entries);
    }

    private static KvSelector selector(WireReader in) {
        if (in.tag() == '=') { // one key
            return KvSelector.only(encoded(in, ""));
        }
        return new KvSelector(optionalKey(in), optionalKey(in), optionalKey(in));
    }

    private static byte @Nullable [] optionalKey(WireReader in) {
        return in.flag() ? encoded(in, "") : null;
    }

    private static byte[] encoded(WireReader in, String context) {
        try {
            return KeyCodec.encode(in.key());
        } catch (BadKey e) {
            throw JsVisibleException.typeError(context + e.getMessage());
        }
    }

    /** @param request a selector as for reading, and the key of an entry */
    @Op("op_kv_encode_cursor")
    public String cursor(String request) {
        var in = new WireReader(request);
        return selector(in).cursor(encoded(in, ""));
    }

    // --- writing

    /**
     * @param request number of checks and these, of mutations and these, of messages and these
     * @return the versionstamp, or null if a check does not hold
     */
    @Op("op_kv_atomic_write")
    public CompletionStage<@Nullable String> write(int rid, String request) {
        var store = store(rid);
        options.fence().check();
        var write = write(new WireReader(request));
        KvLimits.sizes(write);
        return store.commit(write)
                .thenApply(version -> version.isPresent() ? Versionstamp.of(version.getAsLong()) : null);
    }

    private AtomicWrite write(WireReader in) {
        int checkCount = in.count();
        int mutationCount = in.count();
        int messageCount = in.count();
        KvLimits.counts(checkCount, mutationCount + messageCount);
        var checks = new ArrayList<Check>(checkCount);
        for (int i = 0; i < checkCount; i++) {
            checks.add(check(in));
        }
        var mutations = new ArrayList<Mutation>(mutationCount);
        for (int i = 0; i < mutationCount; i++) {
            mutations.add(mutation(in));
        }
        var messages = new ArrayList<Message>(messageCount);
        for (int i = 0; i < messageCount; i++) {
            messages.add(message(in));
        }
        return new AtomicWrite(checks, mutations, messages);
    }

    private static Check check(WireReader in) {
        byte[] key;
        try {
            key = KeyCodec.encode(in.key());
        } catch (BadKey e) {
            throw JsVisibleException.typeError("Invalid check");
        }
        if (!in.flag()) {
            return new Check(key, Check.MISSING);
        }
        var version = Versionstamp.parse(in.text());
        if (version.isEmpty()) {
            throw JsVisibleException.typeError("Invalid check");
        }
        return new Check(key, version.getAsLong());
    }

    private Mutation mutation(WireReader in) {
        char kind = in.tag();
        var key = encoded(in, "Invalid mutation: ");
        return switch (kind) {
            case 'P', 'V' -> {
                var value = value(in);
                yield new Put(key, value, expireAt(in), kind == 'V');
            }
            case 'D' -> new Remove(key);
            case 'S' -> new Combine(key, Operator.SUM, value(in));
            case 'm' -> new Combine(key, Operator.MIN, value(in));
            case 'M' -> new Combine(key, Operator.MAX, value(in));
            default -> throw JsVisibleException.typeError("Invalid mutation type");
        };
    }

    private static KvValue value(WireReader in) {
        return switch (in.tag()) {
            case 'c' -> new KvValue(Kind.CLONE, in.bytes());
            case 'u' -> {
                try {
                    yield KvValue.u64(Long.parseUnsignedLong(in.text()));
                } catch (NumberFormatException e) {
                    throw JsVisibleException.typeError("Value must fit in a 64-bit unsigned integer");
                }
            }
            case 'b' -> new KvValue(Kind.BYTES, in.bytes());
            default -> throw JsVisibleException.typeError("no kind of value");
        };
    }

    private long expireAt(WireReader in) {
        if (!in.flag()) {
            return Put.NEVER;
        }
        var given = in.text();
        if (given.length() > 18 || !given.chars().allMatch(c -> c >= '0' && c <= '9') || given.isEmpty()) {
            throw tooLarge(given);
        }
        long expireInMs = Long.parseLong(given);
        if (expireInMs > EXPIRE_IN_MS_MAX) {
            throw tooLarge(given);
        }
        return time.currentTimeMillis() + expireInMs;
    }

    private static JsVisibleException tooLarge(String expireIn) {
        return JsVisibleException.typeError("Invalid mutation: expireIn is too large: " + expireIn);
    }

    private static Message message(WireReader in) {
        var payload = in.bytes();
        long delayMs = Math.clamp(in.number(), 0, KvLimits.DELAY_MS_MAX);
        int keyCount = in.count();
        var keys = new ArrayList<byte[]>(keyCount);
        for (int i = 0; i < keyCount; i++) {
            try {
                keys.add(KeyCodec.encode(in.key()));
            } catch (BadKey e) {
                throw JsVisibleException.typeError("Invalid enqueue");
            }
        }
        int steps = in.count();
        if (steps > KvLimits.BACKOFF_STEPS_MAX) {
            throw JsVisibleException.typeError("Invalid backoffSchedule, max 5 intervals allowed");
        }
        var backoff = new ArrayList<Integer>(steps);
        for (int i = 0; i < steps; i++) {
            backoff.add(Math.clamp(in.number(), 0, KvLimits.BACKOFF_MS_MAX));
        }
        return new Message(payload, delayMs, backoff, keys);
    }

    // --- the queue

    /** @return rid and payload of the next message, or null once the database is closed */
    @Op("op_kv_dequeue_next_message")
    public CompletionStage<@Nullable String> next(int rid) {
        // The rid of a message is made on the runtime thread, where the table is.
        var message = new CompletableFuture<@Nullable String>();
        store(rid)
                .nextMessage()
                .whenComplete((delivery, error) -> onLoop(() -> {
                    if (error != null) {
                        message.completeExceptionally(error);
                    } else if (delivery.isEmpty()) {
                        message.complete(null);
                    } else {
                        hand(delivery.get(), message);
                    }
                }));
        return message;
    }

    private void hand(KvStore.Delivery delivery, CompletableFuture<@Nullable String> taker) {
        try {
            taker.complete(WireWriter.message(resources.add(new Delivered(delivery)), delivery.payload()));
        } catch (JsVisibleException e) { // as many resources as the script may have open
            delivery.finish(false);
            taker.completeExceptionally(e);
        }
    }

    private void onLoop(Runnable task) {
        if (loop.isCurrentThread()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    @Op("op_kv_finish_dequeued_message")
    public CompletionStage<Void> finish(int rid, boolean succeeded) {
        return resources.take(rid, Delivered.class).delivery.finish(succeeded);
    }

    // --- watches

    /** @param request number of keys, and these */
    @Op("op_kv_watch")
    public int watch(int rid, String request, boolean raw) {
        var store = store(rid);
        var in = new WireReader(request);
        int count = in.count();
        KvLimits.watched(count);
        var keys = new ArrayList<byte[]>(count);
        for (int i = 0; i < count; i++) {
            var key = encoded(in, "");
            KvLimits.read(key);
            keys.add(key);
        }
        return resources.add(new Watcher(store.watch(keys, raw)));
    }

    /** @return the entries, or null when the watch has ended */
    @Op("op_kv_watch_next")
    public CompletionStage<@Nullable String> watchNext(int rid) {
        return resources
                .get(rid, Watcher.class)
                .watch
                .next()
                .thenApply(state -> state.map(WireWriter::state).orElse(null));
    }

    // --- bytes as the wire carries them

    @Op("op_kv_text_of_bytes")
    public String textOf(JsBuffer bytes) {
        var copy = new byte[bytes.length()];
        if (copy.length > 0) { // a detached buffer cannot be read, not even nothing of it
            bytes.read(0, copy, 0, copy.length);
        }
        return new String(copy, StandardCharsets.ISO_8859_1);
    }

    @Op("op_kv_bytes_of_text")
    public byte[] bytesOf(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private KvStore store(int rid) {
        return resources.get(rid, Database.class).store;
    }
}
