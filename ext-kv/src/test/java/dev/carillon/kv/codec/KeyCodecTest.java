package dev.carillon.kv.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyCodecTest {
    private static final HexFormat HEX = HexFormat.of();

    static Stream<String> vectors() {
        try (var in = KeyCodecTest.class.getResourceAsStream("/key-vectors.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines().filter(line -> !line.startsWith("#")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void a_key_is_stored_as_in_a_real_database(String line) {
        var sides = line.split(" \\| ");
        var parts = Arrays.stream(sides[0].split(" ")).map(KeyCodecTest::part).toList();
        var bytes = HEX.parseHex(sides[1].replace(" ", ""));
        assertThat(HEX.formatHex(KeyCodec.encode(parts))).isEqualTo(HEX.formatHex(bytes));
        assertThat(KeyCodec.decode(bytes)).isEqualTo(parts);
    }

    private static KeyPart part(String text) {
        if (text.startsWith("\"")) {
            return new KeyPart.Text(text.substring(1, text.length() - 1).replace("\\u0000", "\0"));
        }
        if (text.startsWith("0x")) {
            return new KeyPart.Bytes(HEX.parseHex(text.substring(2)));
        }
        if (text.startsWith("#")) {
            return new KeyPart.Num(Double.parseDouble(text.substring(1)));
        }
        return text.endsWith("n")
                ? new KeyPart.Int(new BigInteger(text.substring(0, text.length() - 1)))
                : new KeyPart.Bool(Boolean.parseBoolean(text));
    }

    @Test
    void a_lone_surrogate_is_written_as_the_replacement_character() {
        assertThat(KeyCodec.encode(List.of(new KeyPart.Text("a\ud800"))))
                .isEqualTo(KeyCodec.encode(List.of(new KeyPart.Text("a\ufffd"))));
    }

    @Test
    void integers_have_at_most_255_bytes() {
        var largest = BigInteger.TWO.pow(255 * 8).subtract(BigInteger.ONE);
        for (var value : List.of(largest, largest.negate())) {
            var key = List.<KeyPart>of(new KeyPart.Int(value));
            assertThat(KeyCodec.decode(KeyCodec.encode(key))).isEqualTo(key);
        }
        for (var value :
                List.of(largest.add(BigInteger.ONE), largest.add(BigInteger.ONE).negate())) {
            assertThatThrownBy(() -> KeyCodec.encode(List.of(new KeyPart.Int(value))))
                    .isInstanceOf(BadKey.class)
                    .hasMessage("BigUint requires more than 255 bytes to be represented");
        }
    }

    @Test
    void a_key_sorts_directly_before_its_extensions_and_those_before_any_sibling() {
        var sorted = List.<List<KeyPart>>of(
                List.of(new KeyPart.Text("a")),
                List.of(new KeyPart.Text("a"), new KeyPart.Text("x")),
                List.of(new KeyPart.Text("a"), new KeyPart.Bool(true)),
                List.of(new KeyPart.Text("a\0")),
                List.of(new KeyPart.Text("aa")));
        assertThat(byBytes(sorted)).isEqualTo(sorted);
    }

    @Test
    void random_keys_come_back_and_sort_by_their_parts() {
        long seed = System.nanoTime();
        System.out.println("KeyCodecTest seed " + seed);
        var random = new Random(seed);
        var keys = new ArrayList<List<KeyPart>>();
        for (int i = 0; i < 3_000; i++) {
            keys.add(key(random));
        }
        for (var key : keys) {
            assertThat(KeyCodec.decode(KeyCodec.encode(key)))
                    .as("seed %d", seed)
                    .isEqualTo(key);
        }
        var byParts = new ArrayList<>(keys);
        byParts.sort(KeyCodecTest::compare);
        assertThat(byBytes(keys)).as("seed %d", seed).isEqualTo(byParts);
    }

    private static List<List<KeyPart>> byBytes(List<List<KeyPart>> keys) {
        var sorted = new ArrayList<>(keys);
        Collections.reverse(sorted);
        sorted.sort((one, other) -> Arrays.compareUnsigned(KeyCodec.encode(one), KeyCodec.encode(other)));
        return sorted;
    }

    private static List<KeyPart> key(Random random) {
        var parts = new ArrayList<KeyPart>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            parts.add(part(random));
        }
        return parts;
    }

    private static final String[] CHARACTERS = {
        "\0", "a", "b", "\u007f", "\u0080", "é", "\u07ff", "\uffff", "\ud83d\ude00"
    };
    private static final double[] NUMBERS = {
        Double.NEGATIVE_INFINITY,
        -Double.MAX_VALUE,
        -1,
        -Double.MIN_VALUE,
        -0.0,
        0,
        Double.MIN_VALUE,
        1,
        1.5,
        1e300,
        Double.POSITIVE_INFINITY,
        Double.NaN
    };

    private static KeyPart part(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> {
                var bytes = new byte[random.nextInt(4)];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) new int[] {0, 1, 0x7F, 0x80, 0xFE, 0xFF}[random.nextInt(6)];
                }
                yield new KeyPart.Bytes(bytes);
            }
            case 1 -> {
                var text = new StringBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
                }
                yield new KeyPart.Text(text.toString());
            }
            case 2 -> {
                var magnitude = new BigInteger(random.nextInt(80), random);
                yield new KeyPart.Int(random.nextBoolean() ? magnitude : magnitude.negate());
            }
            case 3 -> new KeyPart.Num(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 4 -> new KeyPart.Num(random.nextGaussian());
            default -> new KeyPart.Bool(random.nextBoolean());
        };
    }

    /** The order as it is documented, without a byte of the encoding. */
    private static int compare(List<KeyPart> one, List<KeyPart> other) {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            int byPart = compare(one.get(i), other.get(i));
            if (byPart != 0) {
                return byPart;
            }
        }
        return Integer.compare(one.size(), other.size());
    }

    private static int compare(KeyPart one, KeyPart other) {
        return switch (one) {
            case KeyPart.Bytes(byte[] a) when other instanceof KeyPart.Bytes(byte[] b) -> Arrays.compareUnsigned(a, b);
            case KeyPart.Text(String a)
            when other instanceof KeyPart.Text(String b) ->
                Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
            case KeyPart.Int(BigInteger a) when other instanceof KeyPart.Int(BigInteger b) -> a.compareTo(b);
            case KeyPart.Num(double a) when other instanceof KeyPart.Num(double b) -> Double.compare(a, b);
            case KeyPart.Bool(boolean a) when other instanceof KeyPart.Bool(boolean b) -> Boolean.compare(a, b);
            default -> Integer.compare(rank(one), rank(other));
        };
    }

    private static int rank(KeyPart part) {
        return switch (part) {
            case KeyPart.Bytes b -> 0;
            case KeyPart.Text t -> 1;
            case KeyPart.Int i -> 2;
            case KeyPart.Num n -> 3;
            case KeyPart.Bool b -> 4;
        };
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void a_key_cut_short_is_refused_or_a_shorter_key(String line) {
        var whole = HEX.parseHex(line.split(" \\| ")[1].replace(" ", ""));
        for (int length = 0; length < whole.length; length++) {
            var cut = Arrays.copyOf(whole, length);
            try {
                assertThat(KeyCodec.encode(KeyCodec.decode(cut))).isEqualTo(cut);
            } catch (BadKey e) {
                assertThat(e).hasMessage("key ends within a part");
            }
        }
    }

    @Test
    void versionstamps_are_twenty_digits_that_sort_as_their_counters() {
        assertThat(Versionstamp.of(1)).isEqualTo("00000000000000010000");
        assertThat(Versionstamp.of(10)).isEqualTo("000000000000000a0000").isGreaterThan(Versionstamp.of(9));
        assertThat(Versionstamp.parse("000000000000000A0000")).hasValue(10);
        assertThat(Versionstamp.parse("000000000000000a0001")).hasValue(0); // no local commit has it
        for (var text : List.of("", "000000000000000a000", "000000000000000a00000", "000000000000000g0000")) {
            assertThat(Versionstamp.parse(text)).as(text).isEmpty();
        }
    }
}
