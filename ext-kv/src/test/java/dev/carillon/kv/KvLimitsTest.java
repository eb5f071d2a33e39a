package dev.carillon.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.kv.AtomicWrite.Check;
import dev.carillon.kv.AtomicWrite.Message;
import dev.carillon.kv.AtomicWrite.Mutation;
import dev.carillon.kv.AtomicWrite.Put;
import dev.carillon.kv.AtomicWrite.Remove;
import dev.carillon.kv.KvValue.Kind;
import dev.carillon.runtime.JsVisibleException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each limit: the last that is accepted, the first that is refused. */
class KvLimitsTest {
    @Test
    void keys() {
        accepted(() -> KvLimits.sizes(write(put(1, 0))));
        accepted(() -> KvLimits.sizes(write(put(2_048, 0))));
        refused(() -> KvLimits.sizes(write(put(0, 0))), "key cannot be empty");
        refused(() -> KvLimits.sizes(write(put(2_049, 0))), "Key too large for write (max 2048 bytes)");
        refused(
                () -> KvLimits.sizes(new AtomicWrite(List.of(new Check(key(2_049), 1)), List.of(), List.of())),
                "Key too large for write (max 2048 bytes)");
        accepted(() -> KvLimits.read(key(2_049)));
        refused(() -> KvLimits.read(key(2_050)), "Key too large for read (max 2049 bytes)");
    }

    @Test
    void values_and_payloads() {
        accepted(() -> KvLimits.sizes(write(put(1, 65_536))));
        refused(() -> KvLimits.sizes(write(put(1, 65_537))), "Value too large (max 65536 bytes)");
        accepted(() -> KvLimits.sizes(message(65_536, 0)));
        refused(() -> KvLimits.sizes(message(65_537, 0)), "enqueue payload too large (max 65536 bytes)");
    }

    @Test
    void counts() {
        accepted(() -> KvLimits.counts(100, 1_000));
        refused(() -> KvLimits.counts(101, 1_000), "Too many checks (max 100)");
        refused(() -> KvLimits.counts(100, 1_001), "Too many mutations (max 1000)");
        refused(() -> KvLimits.ranges(11), "Too many ranges (max 10)");
        refused(() -> KvLimits.entries(1_001), "Too many entries (max 1000)");
        refused(() -> KvLimits.watched(11), "Too many keys (max 10)");
    }

    @Test
    void a_key_with_a_value_counts_twice_in_the_total() {
        // Twelve of 65,536 + 2 * 1,365 bytes: 819,192.
        var puts = Collections.nCopies(12, put(1_365, 65_536));
        accepted(() -> KvLimits.sizes(new AtomicWrite(List.of(), puts, List.of())));
        var eight = new Message(new byte[0], 0, List.of(1, 1), List.of());
        accepted(() -> KvLimits.sizes(new AtomicWrite(List.of(), puts, List.of(eight))));
        var nine = new Message(new byte[1], 0, List.of(1, 1), List.of());
        refused(
                () -> KvLimits.sizes(new AtomicWrite(List.of(), puts, List.of(nine))),
                "Total mutation size too large (max 819200 bytes)");
    }

    @Test
    void keys_of_values_count_among_each_other_and_those_of_deletes_do_not() {
        accepted(() -> KvLimits.sizes(new AtomicWrite(List.of(), Collections.nCopies(40, put(2_048, 0)), List.of())));
        refused(
                () -> KvLimits.sizes(new AtomicWrite(List.of(), Collections.nCopies(41, put(2_048, 0)), List.of())),
                "Total key size too large (max 81920 bytes)");
        accepted(() ->
                KvLimits.sizes(new AtomicWrite(List.of(), Collections.nCopies(41, new Remove(key(2_048))), List.of())));
    }

    private static Mutation put(int keyLength, int valueLength) {
        return new Put(key(keyLength), new KvValue(Kind.BYTES, new byte[valueLength]), Put.NEVER, false);
    }

    private static byte[] key(int length) {
        var key = new byte[length];
        Arrays.fill(key, (byte) 'k');
        return key;
    }

    private static AtomicWrite write(Mutation mutation) {
        return new AtomicWrite(List.of(), List.of(mutation), List.of());
    }

    private static AtomicWrite message(int length, int steps) {
        return new AtomicWrite(
                List.of(),
                List.of(),
                List.of(new Message(new byte[length], 0, Collections.nCopies(steps, 1), List.of())));
    }

    private static void accepted(ThrowingCallable check) {
        assertThatCode(check).doesNotThrowAnyException();
    }

    private static void refused(ThrowingCallable check, String message) {
        assertThatThrownBy(check)
                .isInstanceOf(JsVisibleException.class)
                .hasMessage(message)
                .satisfies(e -> assertThat(((JsVisibleException) e).jsClass()).isEqualTo("TypeError"));
    }
}
