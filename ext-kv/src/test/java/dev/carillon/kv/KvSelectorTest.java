package dev.carillon.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.kv.codec.KeyCodec;
import dev.carillon.kv.codec.KeyPart;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KvSelectorTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void a_prefix_takes_its_strict_extensions_in() {
        var range = new KvSelector(key("a"), null, null).range(1, false, "");
        assertThat(HEX.formatHex(range.start())).isEqualTo("02610000");
        assertThat(HEX.formatHex(range.end())).isEqualTo("026100ff");
    }

    @Test
    void bounds_are_taken_as_they_are() {
        var range = new KvSelector(key("a"), key("a", "b"), null).range(1, false, "");
        assertThat(range.start()).isEqualTo(key("a", "b"));
        assertThat(HEX.formatHex(range.end())).isEqualTo("026100ff");
        range = new KvSelector(null, key("a"), key("b")).range(1, true, "");
        assertThat(range.start()).isEqualTo(key("a"));
        assertThat(range.end()).isEqualTo(key("b"));
        assertThat(range.reverse()).isTrue();
    }

    @Test
    void bounds_that_make_no_range_are_refused() {
        refused(key("a"), key("b"), null, "Start key is not in the keyspace defined by prefix");
        refused(key("a"), key("a"), null, "Start key is not in the keyspace defined by prefix");
        refused(key("a"), null, key("a"), "End key is not in the keyspace defined by prefix");
        refused(null, key("b"), key("a"), "Start key is greater than end key");
        refused(null, key("b"), null, "Invalid range");
        refused(key("a"), key("a", "b"), key("a", "c"), "Invalid range");
    }

    private static void refused(
            byte @Nullable [] prefix, byte @Nullable [] start, byte @Nullable [] end, String message) {
        assertThatThrownBy(() -> new KvSelector(prefix, start, end)).hasMessage(message);
    }

    @Test
    void a_cursor_is_what_the_key_adds_to_the_common_start() {
        assertThat(new KvSelector(key("a"), null, null).cursor(key("a", "b"))).isEqualTo("AmIA");
        // 02 61 00 and 02 62 00 have the first byte in common.
        assertThat(new KvSelector(null, key("a"), key("b")).cursor(key("a"))).isEqualTo("YQA=");
    }

    @Test
    void forward_goes_on_after_the_cursor_and_backward_before_it() {
        var selector = new KvSelector(key("a"), null, null);
        assertThat(HEX.formatHex(selector.range(1, false, "AmIA").start())).isEqualTo("02610002620000");
        assertThat(HEX.formatHex(selector.range(1, true, "AmIA").end())).isEqualTo("026100026200");
    }

    @Test
    void cursors_that_are_none_or_lead_out_of_the_bounds_are_refused() {
        var selector = new KvSelector(key("a"), key("a", "m"), null);
        for (var cursor : List.of("AmI", "Am+A", "!!!!", "A")) {
            assertThatThrownBy(() -> selector.range(1, false, cursor))
                    .as(cursor)
                    .hasMessage("invalid cursor");
        }
        assertThatThrownBy(() -> selector.range(1, false, "AmIA")).hasMessage("cursor out of bounds");
        assertThatThrownBy(() -> new KvSelector(key("a"), null, key("a", "b")).range(1, true, "Am0A"))
                .hasMessage("cursor out of bounds");
    }

    @Test
    void one_key_is_a_range_without_the_next() {
        var range = KvSelector.only(key("a")).range(1, false, "");
        assertThat(range.start()).isEqualTo(key("a"));
        assertThat(range.end()).isEqualTo(Arrays.copyOf(key("a"), 4));
    }

    private static byte[] key(String... parts) {
        return KeyCodec.encode(
                Arrays.stream(parts).<KeyPart>map(KeyPart.Text::new).toList());
    }
}
