package dev.carillon.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host part of a URL: domains to ASCII, IPv4 in all the forms the standard still reads, IPv6, opaque hosts.
 *
 * <p>Source: https://url.spec.whatwg.org, section 3. Domain to ASCII follows UTS 46 without its tables: compatibility
 * normalisation and lower case stand in for the mapping table.
 */
final class UrlHost {
    private static final String FORBIDDEN_HOST = "\0\t\n\r #/:<>?@[\\]^|";

    private UrlHost() {}

    /** @return the host in serialised form, or null when there can be no such host */
    static @Nullable String parse(String text, boolean opaque) {
        if (text.startsWith("[")) {
            if (!text.endsWith("]")) {
                return null;
            }
            var pieces = parseSix(text.substring(1, text.length() - 1));
            return pieces == null ? null : "[" + serializeSix(pieces) + "]";
        }
        if (opaque) {
            for (int i = 0; i < text.length(); i++) {
                if (FORBIDDEN_HOST.indexOf(text.charAt(i)) >= 0) {
                    return null;
                }
            }
            return Url.encode(text, Url.Set.C0);
        }
        var decoded = decodeUtf8(percentDecode(text.getBytes(StandardCharsets.UTF_8)));
        var domain = decoded == null ? null : toAscii(decoded);
        if (domain == null || domain.isEmpty()) {
            return null;
        }
        for (int i = 0; i < domain.length(); i++) {
            char c = domain.charAt(i);
            if (c <= 0x1f || c == '%' || c == 0x7f || FORBIDDEN_HOST.indexOf(c) >= 0) {
                return null;
            }
        }
        if (!endsInNumber(domain)) {
            return domain;
        }
        long address = parseFour(domain);
        return address < 0
                ? null
                : (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    static byte[] percentDecode(byte[] bytes) {
        var out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%' && i + 2 < bytes.length) {
                int high = Character.digit(bytes[i + 1], 16);
                int low = Character.digit(bytes[i + 2], 16);
                if (high >= 0 && low >= 0) {
                    out.write(high << 4 | low);
                    i += 2;
                    continue;
                }
            }
            out.write(bytes[i]);
        }
        return out.toByteArray();
    }

    private static @Nullable String decodeUtf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    // ---- domains

    private static @Nullable String toAscii(String domain) {
        boolean ascii = domain.chars().allMatch(c -> c < 0x80);
        if (ascii && !domain.toLowerCase(Locale.ROOT).contains("xn--")) {
            return domain.toLowerCase(Locale.ROOT);
        }
        var mapped = new StringBuilder();
        for (int c : domain.codePoints().toArray()) {
            switch (c) {
                case 0x00ad, 0x200b, 0x2060, 0xfeff, 0x034f, 0x180b, 0x180c, 0x180d, 0x180f -> {} // ignored
                case 0x3002, 0xff0e, 0xff61 -> mapped.append('.');
                case 0x1e9e -> mapped.append('\u00df'); // capital sharp s
                default -> {
                    if (c < 0xfe00 || c > 0xfe0f) { // variation selectors are ignored
                        mapped.appendCodePoint(c);
                    }
                }
            }
        }
        var folded = Normalizer.normalize(
                Normalizer.normalize(mapped, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
        var labels = new ArrayList<String>();
        for (var label : folded.split("\\.", -1)) {
            var converted = label(label);
            if (converted == null) {
                return null;
            }
            labels.add(converted);
        }
        return String.join(".", labels);
    }

    private static @Nullable String label(String label) {
        if (label.startsWith("xn--")) {
            var decoded = Punycode.decode(label.substring(4));
            if (decoded == null
                    || decoded.isEmpty()
                    || decoded.chars().allMatch(c -> c < 0x80)
                    || !valid(decoded)
                    || !Normalizer.isNormalized(decoded, Normalizer.Form.NFC)
                    || !decoded.equals(decoded.toLowerCase(Locale.ROOT))) {
                return null;
            }
            return label;
        }
        if (label.chars().allMatch(c -> c < 0x80)) {
            return label;
        }
        return valid(label) ? "xn--" + Punycode.encode(label) : null;
    }

    private static boolean valid(String label) {
        int first = label.codePointAt(0);
        int type = Character.getType(first);
        if (type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK) {
            return false;
        }
        return label.codePoints().allMatch(c -> {
            int kind = Character.getType(c);
            return kind != Character.UNASSIGNED
                    && kind != Character.SURROGATE
                    && kind != Character.PRIVATE_USE
                    && kind != Character.CONTROL
                    && kind != Character.LINE_SEPARATOR
                    && kind != Character.PARAGRAPH_SEPARATOR
                    && kind != Character.SPACE_SEPARATOR
                    && c != 0xfffd
                    && !(c >= 0x200e && c <= 0x200f)
                    && !(c >= 0x202a && c <= 0x202e)
                    && !(c >= 0x2066 && c <= 0x206f);
        });
    }

    // ---- IPv4

    private static boolean endsInNumber(String domain) {
        var parts = domain.split("\\.", -1);
        int last = parts.length - 1;
        if (parts[last].isEmpty()) {
            if (parts.length == 1) {
                return false;
            }
            last--;
        }
        return !parts[last].isEmpty() && parts[last].chars().allMatch(c -> c >= '0' && c <= '9')
                || number(parts[last]) >= 0;
    }

    /** @return -1 when it ends in a number and yet is no address */
    private static long parseFour(String domain) {
        var parts = domain.split("\\.", -1);
        int count = parts.length;
        if (parts[count - 1].isEmpty() && count > 1) {
            count--;
        }
        if (count > 4) {
            return -1;
        }
        long address = 0;
        for (int i = 0; i < count; i++) {
            long value = number(parts[i]);
            if (value < 0) {
                return -1;
            }
            if (i < count - 1) {
                if (value > 255) {
                    return -1;
                }
                address |= value << (8 * (3 - i));
            } else {
                if (value >= 1L << (8 * (5 - count))) {
                    return -1;
                }
                address |= value;
            }
        }
        return address;
    }

    /** Decimal, {@code 0x} hexadecimal or {@code 0} octal; -1 when it is none, a huge number stays huge. */
    private static long number(String part) {
        if (part.isEmpty()) {
            return -1;
        }
        int radix = 10;
        var digits = part;
        if (part.startsWith("0x") || part.startsWith("0X")) {
            radix = 16;
            digits = part.substring(2);
        } else if (part.length() > 1 && part.startsWith("0")) {
            radix = 8;
            digits = part.substring(1);
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = Math.min(value * radix + digit, 1L << 40);
        }
        return value;
    }

    // ---- IPv6

    private static int @Nullable [] parseSix(String text) {
        var pieces = new int[8];
        int index = 0;
        int compress = -1;
        int at = 0;
        int length = text.length();
        if (length > 0 && text.charAt(0) == ':') {
            if (length < 2 || text.charAt(1) != ':') {
                return null;
            }
            at = 2;
            compress = ++index;
        }
        while (at < length) {
            if (index == 8) {
                return null;
            }
            if (text.charAt(at) == ':') {
                if (compress >= 0) {
                    return null;
                }
                at++;
                compress = ++index;
                continue;
            }
            int value = 0;
            int digits = 0;
            while (digits < 4 && at < length && hex(text.charAt(at)) >= 0) {
                value = value << 4 | hex(text.charAt(at));
                at++;
                digits++;
            }
            if (at < length && text.charAt(at) == '.') {
                if (digits == 0 || index > 6) {
                    return null;
                }
                at -= digits;
                int seen = 0;
                while (at < length) {
                    int part = -1;
                    if (seen > 0) {
                        if (text.charAt(at) != '.' || seen >= 4) {
                            return null;
                        }
                        at++;
                    }
                    if (at >= length || !decimal(text.charAt(at))) {
                        return null;
                    }
                    while (at < length && decimal(text.charAt(at))) {
                        int digit = text.charAt(at) - '0';
                        if (part == 0) {
                            return null;
                        }
                        part = part < 0 ? digit : part * 10 + digit;
                        if (part > 255) {
                            return null;
                        }
                        at++;
                    }
                    pieces[index] = pieces[index] << 8 | part;
                    seen++;
                    if (seen == 2 || seen == 4) {
                        index++;
                    }
                }
                if (seen != 4) {
                    return null;
                }
                break;
            } else if (at < length && text.charAt(at) == ':') {
                at++;
                if (at >= length) {
                    return null;
                }
            } else if (at < length) {
                return null;
            }
            pieces[index++] = value;
        }
        if (compress >= 0) {
            int swaps = index - compress;
            index = 7;
            while (index != 0 && swaps > 0) {
                int other = compress + swaps - 1;
                int kept = pieces[other];
                pieces[other] = pieces[index];
                pieces[index] = kept;
                index--;
                swaps--;
            }
        } else if (index != 8) {
            return null;
        }
        return pieces;
    }

    private static String serializeSix(int[] pieces) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && pieces[end] == 0) {
                end++;
            }
            if (end - i > bestLength) {
                best = i;
                bestLength = end - i;
            }
        }
        var out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                out.append(i == 0 ? "::" : ":");
                i += bestLength - 1;
                continue;
            }
            out.append(Integer.toHexString(pieces[i]));
            if (i < 7) {
                out.append(':');
            }
        }
        return out.toString();
    }

    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static boolean decimal(char c) {
        return c >= '0' && c <= '9';
    }
}
