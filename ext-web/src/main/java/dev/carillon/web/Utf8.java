package dev.carillon.web;

/*
 * UTF-8 as the Encoding Standard decodes it. Java's own decoder differs in one thing scripts can see: how many U+FFFD stand
 * for a malformed sequence (three bytes of a surrogate are one to Java, three to the web). So Java decodes, and only text
 * that came out with a U+FFFD is decoded again here.
 */
final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** Result of decoding: the text, how many bytes it took, whether all were well formed. */
    record Decoded(String text, int consumed, boolean valid) {}

    /** @param last false leaves an unfinished sequence at the end unconsumed */
    static Decoded decode(byte[] data, boolean last) {
        var text = new StringBuilder(data.length);
        boolean valid = true;
        int at = 0;
        while (at < data.length) {
            int lead = data[at] & 0xFF;
            if (lead < 0x80) {
                text.append((char) lead);
                at++;
                continue;
            }
            int needed = lead >= 0xC2 && lead <= 0xDF
                    ? 1
                    : lead >= 0xE0 && lead <= 0xEF ? 2 : lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
            int seen = needed == 0 ? 0 : continuation(data, at, lead, needed);
            if (needed > 0 && seen == needed) {
                text.appendCodePoint(codePoint(data, at, lead, needed));
            } else if (needed > 0 && at + 1 + seen == data.length && !last) {
                return new Decoded(text.toString(), at, valid);
            } else {
                text.append(REPLACEMENT);
                valid = false;
            }
            at += 1 + seen;
        }
        return new Decoded(text.toString(), at, valid);
    }

    // How many of the needed bytes follow; the second byte's range depends on the lead (no overlong forms, no
    // surrogates).
    private static int continuation(byte[] data, int at, int lead, int needed) {
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        int seen = 0;
        while (seen < needed && at + 1 + seen < data.length) {
            int next = data[at + 1 + seen] & 0xFF;
            if (next < low || next > high) {
                break;
            }
            low = 0x80;
            high = 0xBF;
            seen++;
        }
        return seen;
    }

    private static int codePoint(byte[] data, int at, int lead, int needed) {
        int code = lead & (0x3F >> needed);
        for (int i = 1; i <= needed; i++) {
            code = code << 6 | data[at + i] & 0x3F;
        }
        return code;
    }
}
