package dev.carillon.kv;

import dev.carillon.kv.codec.KeyCodec;
import dev.carillon.kv.codec.KeyPart;
import dev.carillon.kv.codec.Versionstamp;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What the glue gets back, in the form of {@link WireReader}. */
final class WireWriter {
    private final StringBuilder out = new StringBuilder();

    static String entries(List<List<KvEntry>> ranges) {
        var writer = new WireWriter();
        for (var entries : ranges) {
            writer.number(entries.size());
            entries.forEach(writer::entry);
        }
        return writer.out.toString();
    }

    /** Of a watch: an absent entry is a dash. */
    static String state(List<Optional<KvEntry>> entries) {
        var writer = new WireWriter();
        for (var entry : entries) {
            entry.ifPresentOrElse(
                    present -> {
                        writer.out.append('+');
                        writer.entry(present);
                    },
                    () -> writer.out.append('-'));
        }
        return writer.out.toString();
    }

    static String message(int rid, byte[] payload) {
        var writer = new WireWriter();
        writer.number(rid);
        writer.bytes(payload);
        return writer.out.toString();
    }

    private void entry(KvEntry entry) {
        var parts = KeyCodec.decode(entry.key());
        number(parts.size());
        parts.forEach(this::part);
        out.append(Versionstamp.of(entry.version()));
        var value = entry.value();
        switch (value.kind()) {
            case CLONE -> {
                out.append('c');
                bytes(value.bytes());
            }
            case U64 -> {
                out.append('u');
                text(Long.toUnsignedString(value.u64()));
            }
            case BYTES -> {
                out.append('b');
                bytes(value.bytes());
            }
        }
    }

    private void part(KeyPart part) {
        switch (part) {
            case KeyPart.Text(String text) -> {
                out.append('s');
                text(text);
            }
            case KeyPart.Bytes(byte[] bytes) -> {
                out.append('b');
                bytes(bytes);
            }
            case KeyPart.Int(BigInteger value) -> {
                out.append('i');
                text(value.toString());
            }
            case KeyPart.Num(double value) -> {
                out.append('n');
                text(Double.toString(value));
            }
            case KeyPart.Bool(boolean value) -> out.append(value ? 't' : 'f');
        }
    }

    private void number(long value) {
        out.append(value).append(';');
    }

    private void bytes(byte[] bytes) {
        text(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private void text(String text) {
        number(text.length());
        out.append(text);
    }
}
