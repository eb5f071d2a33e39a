package dev.carillon.kv;

import dev.carillon.kv.codec.KeyPart;
import dev.carillon.runtime.JsVisibleException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the glue sends: one string for a whole request, the cheapest thing to hand across. Numbers are decimal and end with
 * a semicolon; texts have their length in front; bytes are texts of characters up to U+00FF. See {@code js/kv/wire.js}.
 *
 * <p>Nothing of it is believed: whatever is not as it should be is refused.
 */
final class WireReader {
    private final String text;
    private int at;

    WireReader(String text) {
        this.text = text;
    }

    char tag() {
        require(at < text.length());
        return text.charAt(at++);
    }

    boolean flag() {
        return tag() == 't';
    }

    long number() {
        int end = text.indexOf(';', at);
        require(end > at && end - at < 20);
        try {
            long value = Long.parseLong(text, at, end, 10);
            at = end + 1;
            return value;
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    /** A number of things that follow, each at least one character long. */
    int count() {
        long count = number();
        require(count >= 0 && count <= text.length() - at);
        return (int) count;
    }

    String text() {
        int length = count();
        at += length;
        return text.substring(at - length, at);
    }

    byte[] bytes() {
        return text().getBytes(StandardCharsets.ISO_8859_1);
    }

    List<KeyPart> key() {
        int count = count();
        var parts = new ArrayList<KeyPart>(count);
        for (int i = 0; i < count; i++) {
            parts.add(part());
        }
        return parts;
    }

    private KeyPart part() {
        return switch (tag()) {
            case 's' -> new KeyPart.Text(text());
            case 'b' -> new KeyPart.Bytes(bytes());
            case 'i' -> new KeyPart.Int(integer(text()));
            case 'n' -> new KeyPart.Num(decimal(text()));
            case 't' -> new KeyPart.Bool(true);
            case 'f' -> new KeyPart.Bool(false);
            default -> throw malformed();
        };
    }

    private static BigInteger integer(String hex) {
        try {
            return new BigInteger(hex, 16);
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    private static double decimal(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw malformed();
        }
    }

    private static JsVisibleException malformed() {
        return JsVisibleException.typeError("not a request of Deno KV");
    }
}
