package dev.carillon.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UrlTest {
    /**
     * Each line was made by Deno 2.9.6: input, base and what {@code new URL} gave, or URL, index of a part, value and what
     * setting it gave. Lines where Deno departs from the standard are not in the file.
     */
    @Test
    void urls_and_setters_give_what_deno_gives() throws IOException {
        int parsed = 0;
        int set = 0;
        var wrong = new ArrayList<String>();
        for (var line : vectors().split("\n")) {
            var fields = line.split("\t", -1);
            String ours;
            if (fields.length == 3) {
                var url = Url.parse(text(fields[0]), fields[1].equals("\\N") ? null : text(fields[1]));
                ours = url == null ? "\\N" : url.href();
                parsed++;
            } else {
                ours = new UrlOps().set(text(fields[0]), Integer.parseInt(fields[1]), text(fields[2]));
                set++;
            }
            if (!Objects.equals(ours, text(fields[fields.length - 1]))) {
                wrong.add(line + "\n  but was " + ours);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(parsed).isGreaterThan(1000);
        assertThat(set).isGreaterThan(400);
    }

    @Test
    void a_serialised_url_parses_to_itself() throws IOException {
        for (var line : vectors().split("\n")) {
            var href = text(line.substring(line.lastIndexOf('\t') + 1));
            if (!href.equals("\\N")) {
                var again = Url.parse(href, null);
                assertThat(again).as(href).isNotNull().extracting(Url::href).isEqualTo(href);
            }
        }
    }

    @Test
    void labels_survive_punycode() {
        var random = new Random(20260101);
        for (int round = 0; round < 2000; round++) {
            var label = new StringBuilder();
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                int c = random.nextBoolean() ? random.nextInt('a', 'z' + 1) : random.nextInt(0xa1, 0x1f600);
                label.appendCodePoint(Character.isSurrogate((char) c) && c < 0x10000 ? 'x' : c);
            }
            assertThat(Punycode.decode(Punycode.encode(label.toString())))
                    .as("seed 20260101 round %d", round)
                    .isEqualTo(label.toString());
        }
    }

    @Test
    void no_text_makes_the_parser_throw() {
        var random = new Random(4711);
        var pieces = "http:|file:|//|/|\\|?|#|@|:|[|]|..|%2e|%|C:|1.2.3|xn--|\u00e9|\ud83d|\0| |a".split("\\|");
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(1, 9); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            var url = Url.parse(text.toString(), random.nextBoolean() ? "http://h/a/b" : null);
            if (url != null) {
                for (var part : Url.Part.values()) {
                    url.set(part, pieces[random.nextInt(pieces.length)]);
                }
                assertThat(Url.parse(url.href(), null))
                        .as("seed 4711: %s", text)
                        .isNotNull();
            }
        }
    }

    private static String vectors() throws IOException {
        try (InputStream in = UrlTest.class.getResourceAsStream("url-vectors.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).stripTrailing();
        }
    }

    private static String text(String field) {
        if (field.equals("\\N")) {
            return field;
        }
        var out = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\') {
                out.append((char) Integer.parseInt(field.substring(i + 2, i + 6), 16));
                i += 5;
            } else {
                out.append(field.charAt(i));
            }
        }
        return out.toString();
    }
}
