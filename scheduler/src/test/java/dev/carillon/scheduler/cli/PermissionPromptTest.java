package dev.carillon.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.Permissions.Prompter.Answer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PermissionPromptTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private PermissionPrompt answering(String typed) {
        return new PermissionPrompt(
                new BufferedReader(new StringReader(typed)), new PrintStream(shown, true, StandardCharsets.UTF_8));
    }

    @Test
    void an_answer_is_asked_for_until_it_is_one() {
        assertThat(answering("what\n\ny\n").ask(Kind.ENV, "FOO", "Deno.env.get()"))
                .isEqualTo(Answer.ALLOW);
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .contains("env access to \"FOO\"", "`Deno.env.get()`", "--allow-env", "Unrecognized option", "Granted");
        assertThat(answering("A\n").ask(Kind.NET, "a.com:80", null)).isEqualTo(Answer.ALLOW_ALL);
        assertThat(answering("n\n").ask(Kind.NET, "a.com:80", null)).isEqualTo(Answer.DENY);
    }

    @Test
    void the_end_of_input_is_a_no() {
        assertThat(answering("").ask(Kind.RUN, null, null)).isEqualTo(Answer.DENY);
    }

    @Test
    void a_script_cannot_rewrite_the_question() {
        answering("n\n").ask(Kind.READ, "x\u001b[2J\r\u202ey", null);
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .contains("\"x\\u{1b}[2J\\u{d}\\u{202e}y\"")
                .doesNotContain("\u001b", "\r", "\u202e");
    }
}
