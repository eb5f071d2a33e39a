package dev.carillon.kv.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.kv.KvStore;
import dev.carillon.kv.KvStoreContract;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends KvStoreContract {
    @Override
    protected KvStore open() {
        return new LogStores(time, Runnable::run).apply(null);
    }

    @Override
    protected KvStore openAgain() {
        return null;
    }

    @Test
    void two_databases_in_memory_share_nothing() {
        var stores = new LogStores(time, Runnable::run);
        try (var one = stores.apply(null);
                var other = stores.apply(null)) {
            store.close();
            store = one;
            commit(put("a", "1"));
            store = other;
            assertThat(show("a")).isEmpty();
        }
    }
}
