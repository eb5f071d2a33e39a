package dev.carillon.web;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Text to bytes and back. Streaming state (an unfinished sequence at the end of a chunk) stays with the caller, which
 * passes it in front of the next chunk.
 *
 * <p>Threads: stateless.
 */
public final class EncodingOps {
    // What may be looked up at all; the JVM answers anything else with an exception.
    private static final Pattern CHARSET_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+.:_-]*");
    private static final String USER_DEFINED = "x-user-defined";
    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    EncodingOps() {}

    /** Unpaired surrogates become U+FFFD. */
    @Op("op_encoding_encode_utf8")
    public byte[] encodeUtf8(String text) {
        return utf8(text);
    }

    /** Whether this JVM has the charset; {@code x-user-defined} is ours. */
    @Op("op_encoding_supported")
    public boolean supported(String charset) {
        return charset.equals(USER_DEFINED) || CHARSET_NAME.matcher(charset).matches() && Charset.isSupported(charset);
    }

    /**
     * @param charset a name this JVM knows; the caller maps the web's labels to these
     * @param fatal true throws TypeError for bytes that are no text, else they become U+FFFD
     */
    @Op("op_encoding_decode")
    public String decode(String charset, byte[] data, boolean fatal) {
        return switch (charset) {
            case "UTF-8" -> {
                // Java's decoder is the fast one; text it found fault with is decoded as the web does.
                var text = new String(data, StandardCharsets.UTF_8);
                yield text.indexOf('\uFFFD') < 0
                        ? text
                        : decodeChunk(charset, data, fatal, true).text();
            }
            case "windows-1252" -> decodeWindows1252(data);
            case USER_DEFINED -> decodeUserDefined(data);
            default -> decodeChunk(charset, data, fatal, true).text();
        };
    }

    /**
     * Decodes what is whole in {@code data}; the rest, from {@code consumed}, belongs in front of the next chunk.
     *
     * @param last true decodes all there is, an unfinished sequence as an error
     */
    @Op("op_encoding_decode_chunk")
    public Chunk decodeChunk(String charset, byte[] data, boolean fatal, boolean last) {
        if (charset.equals(USER_DEFINED) || charset.equals("windows-1252")) {
            return new Chunk(decode(charset, data, fatal), data.length);
        }
        if (charset.equals("UTF-8")) {
            var decoded = Utf8.decode(data, last);
            if (fatal && !decoded.valid()) {
                throw invalid();
            }
            return new Chunk(decoded.text(), decoded.consumed());
        }
        var action = fatal ? CodingErrorAction.REPORT : CodingErrorAction.REPLACE;
        var decoder = known(charset).newDecoder().onMalformedInput(action).onUnmappableCharacter(action);
        var in = ByteBuffer.wrap(data);
        // Room for the worst case, plus what flush may add.
        var out = CharBuffer.allocate((int) Math.ceil(data.length * (double) decoder.maxCharsPerByte()) + 4);
        var result = decoder.decode(in, out, last);
        if (!result.isError() && last) {
            result = decoder.flush(out);
        }
        if (result.isError()) {
            throw invalid();
        }
        return new Chunk(out.flip().toString(), in.position());
    }

    private Charset known(String name) {
        if (!supported(name)) {
            throw new JsVisibleException("RangeError", "The encoding '" + name + "' is not supported");
        }
        return Charset.forName(name);
    }

    private static JsVisibleException invalid() {
        return JsVisibleException.typeError("The encoded data is not valid");
    }

    /** Text decoded, and how many bytes it took. */
    public record Chunk(String text, int consumed) {}

    // The web's windows-1252 maps the five bytes Java leaves out to themselves.
    private static String decodeWindows1252(byte[] data) {
        var chars = new String(data, WINDOWS_1252).toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] == '\uFFFD') {
                chars[i] = (char) (data[i] & 0xFF);
            }
        }
        return new String(chars);
    }

    private static String decodeUserDefined(byte[] data) {
        var chars = new char[data.length];
        for (int i = 0; i < data.length; i++) {
            chars[i] = (char) (data[i] >= 0 ? data[i] : 0xF780 + (data[i] & 0x7F));
        }
        return new String(chars);
    }

    static byte[] utf8(String text) {
        var encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
                .replaceWith(new byte[] {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD});
        try {
            var bytes = encoder.encode(CharBuffer.wrap(text));
            var result = new byte[bytes.remaining()];
            bytes.get(result);
            return result;
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("UTF-8 encoder refused text in spite of its replacement", e);
        }
    }
}
