package dev.carillon.kv.log;

import dev.carillon.kv.AtomicWrite;
import dev.carillon.kv.AtomicWrite.Message;
import dev.carillon.kv.AtomicWrite.Put;
import dev.carillon.kv.KvValue;
import dev.carillon.kv.codec.KeyCodec;
import dev.carillon.kv.codec.KeyPart;
import dev.carillon.runtime.time.TimeSource;
import java.nio.file.Path;
import java.util.List;

/** A process that commits as fast as it can and tells of each commit once it is done: {@code version number.} */
final class BusyStore {
    static final byte[] NUMBER = key("number");
    static final byte[] COPY = key("copy");

    private BusyStore() {}

    public static void main(String[] args) {
        var store = LogStores.on(TimeSource.system()).apply(Path.of(args[0]));
        for (long i = Long.parseLong(args[1]); ; i++) {
            var large = new KvValue(KvValue.Kind.BYTES, new byte[(int) (i % 2_000)]);
            var write = new AtomicWrite(
                    List.of(),
                    List.of(
                            new Put(NUMBER, KvValue.u64(i), Put.NEVER, false),
                            new Put(key("large"), large, Put.NEVER, false),
                            new Put(COPY, KvValue.u64(i), Put.NEVER, false)),
                    i % 100 == 0 ? List.of(new Message(new byte[0], 0, List.of(), List.of())) : List.of());
            long version = store.commit(write).toCompletableFuture().join().orElseThrow();
            System.out.println(version + " " + i + ".");
        }
    }

    private static byte[] key(String text) {
        return KeyCodec.encode(List.of(new KeyPart.Text(text)));
    }
}
