package dev.carillon.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.Permissions.Prompter.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts and states are those Deno 2.9.6 printed for the same flags. */
class PermissionsTest {
    private static final Path CWD = Path.of("/work/dir");

    private static Permissions with(String... flags) {
        var parser = new PermissionFlags(CWD);
        for (var flag : flags) {
            assertThat(parser.accept(flag)).as(flag).isTrue();
        }
        return parser.build(null);
    }

    private static String state(Permissions permissions, Kind kind, String what) {
        var status = permissions.query(kind, what);
        return status.state().name().toLowerCase(java.util.Locale.ROOT) + (status.partial() ? " partial" : "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "READ|x|Requires read access to \"x\", run again with the --allow-read flag",
                "WRITE|<TMP>|Requires write access to <TMP>, run again with the --allow-write flag",
                "NET|example.com:443|Requires net access to \"example.com:443\", run again with the --allow-net flag",
                "ENV||Requires env access, run again with the --allow-env flag",
                "SYS|hostname|Requires sys access to \"hostname\", run again with the --allow-sys flag",
                "RUN|ls|Requires run access to \"ls\", run again with the --allow-run flag",
                "RUN||Requires run access, run again with the --allow-run flag",
            })
    void what_nothing_allows_is_refused_in_denos_words(Kind kind, String what, String message) {
        assertThatThrownBy(() -> Permissions.none().check(kind, what))
                .isInstanceOfSatisfying(JsVisibleException.class, e -> {
                    assertThat(e.jsClass()).isEqualTo("NotCapable");
                    assertThat(e.code()).isNull();
                })
                .hasMessage(message);
        assertThatCode(() -> Permissions.all().check(kind, what)).doesNotThrowAnyException();
    }

    @Test
    void a_relative_path_is_shown_as_given_and_an_absolute_one_normalised() {
        var none = Permissions.none();
        assertThatThrownBy(() -> none.checkPath(Kind.READ, CWD.resolve("a/../b"), "a/../b", null))
                .hasMessageContaining("\"a/../b\"");
        assertThatThrownBy(() -> none.checkPath(Kind.READ, Path.of("/etc/../tmp//y"), "/etc/../tmp//y", null))
                .hasMessageContaining("\"/tmp/y\"");
    }

    @ParameterizedTest
    @CsvSource({
        "example.com:80, granted",
        "EXAMPLE.com.:80, granted",
        "example.com, prompt",
        "example.com:81, prompt",
        "10.1.2.3, granted",
        "10.1.2.3:9, granted",
        "11.1.2.3, prompt",
        "10.0.0.0/8, prompt",
        "a.example.org, granted",
        "example.org, granted",
        "badexample.org, prompt",
        "[::1]:80, granted",
        "[0:0::0:1], granted",
        "[::2], prompt",
        "other.com, granted",
        "other.com:90, denied",
        "other.com:91, granted",
        "unix:/tmp/s, granted",
        "unix:/tmp/t, prompt",
        "localhost:8080, granted",
        "127.0.0.1:8080, granted",
        "localhost:8081, prompt",
    })
    void hosts_are_matched_by_name_port_block_and_wildcard(String host, String expected) {
        var permissions = with(
                "--allow-net=example.com:80,10.0.0.0/8,*.example.org,[::1],other.com,unix:/tmp/s,:8080",
                "--deny-net=other.com:90");
        assertThat(state(permissions, Kind.NET, host)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a b|invalid host 'a b': invalid char found in FQDN",
                "http://x|invalid value 'http://x': URLs are not supported, only domains and IPs",
                "::1|invalid empty host: ''",
                "2001:db8::1|ipv6 addresses must be enclosed in square brackets: '2001:db8::1'",
                "example.com:99999|invalid port in 'example.com:99999': '99999'",
                "example.com:abc|invalid port in 'example.com:abc': 'abc'",
                "a:|invalid empty port in 'a:'",
                "''|invalid empty host: ''",
                ":80|invalid empty host: ''",
                "*.example.org|invalid host '*.example.org': invalid char found in FQDN",
                "/tmp/x|invalid host '/tmp/x': invalid char found in FQDN",
                "a..b|invalid host 'a..b': empty label found in FQDN",
                "[zz]:80|invalid IPv6 address in '[zz]:80': 'zz'",
                "[::1|invalid host: '[::1'",
            })
    void a_host_that_cannot_be_one_is_a_uri_error(String host, String message) {
        assertThatThrownBy(() -> Permissions.none().query(Kind.NET, host))
                .isInstanceOfSatisfying(
                        JsVisibleException.class, e -> assertThat(e.jsClass()).isEqualTo("URIError"))
                .hasMessage(message);
    }

    @Test
    void paths_are_matched_by_component_and_denied_inside_allowed() {
        var permissions = with("--allow-read=/tmp/h,rel", "--deny-read=/tmp/h/secret");
        assertThat(state(permissions, Kind.READ, "/tmp/h")).isEqualTo("granted partial");
        assertThat(state(permissions, Kind.READ, "/tmp/h/a")).isEqualTo("granted");
        assertThat(state(permissions, Kind.READ, "/tmp/h/../h/a")).isEqualTo("granted");
        assertThat(state(permissions, Kind.READ, "/tmp/hh")).isEqualTo("prompt");
        assertThat(state(permissions, Kind.READ, "/tmp/h/secret/x")).isEqualTo("denied");
        assertThat(state(permissions, Kind.READ, "/work/dir/rel/y")).isEqualTo("granted");
        assertThat(state(permissions, Kind.READ, "rel")).isEqualTo("granted");
        assertThat(state(permissions, Kind.WRITE, "/tmp/h")).isEqualTo("prompt");
        permissions.check(Kind.READ, "/tmp/h");
        assertThatThrownBy(() -> permissions.query(Kind.READ, "")).hasMessage("Empty path is not allowed");
    }

    @Test
    void a_check_of_the_whole_kind_fails_when_something_in_it_is_denied() {
        var permissions = with("--allow-net", "--deny-net=x.com:80");
        assertThat(state(permissions, Kind.NET, null)).isEqualTo("granted partial");
        assertThat(state(permissions, Kind.NET, "x.com")).isEqualTo("granted");
        assertThatThrownBy(() -> permissions.check(Kind.NET, null)).hasMessageStartingWith("Requires net access,");
    }

    @Test
    void variables_are_exact_or_a_prefix() {
        var permissions = with("--allow-env=FOO,BAR_*", "--ignore-env=HOME");
        assertThat(state(permissions, Kind.ENV, "FOO")).isEqualTo("granted");
        assertThat(state(permissions, Kind.ENV, "FOO1")).isEqualTo("prompt");
        assertThat(state(permissions, Kind.ENV, "BAR_X")).isEqualTo("granted");
        assertThat(state(permissions, Kind.ENV, null)).isEqualTo("prompt");
        assertThat(state(permissions, Kind.ENV, "HOME")).isEqualTo("denied");
        assertThat(permissions.ignores(Kind.ENV, "HOME")).isTrue();
        assertThat(permissions.ignores(Kind.ENV, "FOO")).isFalse();
    }

    @Test
    void reading_what_is_ignored_fails_as_if_it_were_absent() {
        var permissions = with("--allow-read", "--ignore-read=/etc/hosts");
        assertThatThrownBy(() -> permissions.check(Kind.READ, "/etc/hosts"))
                .isInstanceOfSatisfying(JsVisibleException.class, e -> {
                    assertThat(e.jsClass()).isEqualTo("NotFound");
                    assertThat(e.code()).isEqualTo("ENOENT");
                })
                .hasMessage("No such file or directory (os error 2)");
    }

    @Test
    void a_program_is_the_same_by_name_and_by_file() {
        var permissions = with("--allow-run=sh,nosuchprogram");
        assertThat(state(permissions, Kind.RUN, "sh")).isEqualTo("granted");
        assertThat(state(permissions, Kind.RUN, "nosuchprogram")).isEqualTo("granted");
        assertThat(state(permissions, Kind.RUN, "/nowhere/sh")).isEqualTo("prompt");
        assertThat(state(permissions, Kind.RUN, null)).isEqualTo("prompt");
    }

    @Test
    void a_revocation_takes_back_every_entry_that_covers_it_and_no_narrower_one() {
        var permissions = with("--allow-read=/tmp/h", "--allow-net=a.com,b.com:1", "--allow-sys", "--allow-write");
        assertThat(permissions.revoke(Kind.READ, "/tmp/h/a").state()).isEqualTo(Permissions.State.PROMPT);
        assertThat(state(permissions, Kind.READ, "/tmp/h")).isEqualTo("prompt");
        permissions.revoke(Kind.NET, "a.com:80");
        assertThat(state(permissions, Kind.NET, "a.com")).isEqualTo("prompt");
        permissions.revoke(Kind.NET, "b.com");
        assertThat(state(permissions, Kind.NET, "b.com:1")).isEqualTo("granted");
        permissions.revoke(Kind.SYS, "hostname");
        assertThat(state(permissions, Kind.SYS, "hostname")).isEqualTo("granted");
        permissions.revoke(Kind.WRITE, null);
        assertThat(state(permissions, Kind.WRITE, "/zz")).isEqualTo("prompt");
    }

    @Test
    void a_request_without_anyone_to_ask_is_denied_and_leaves_the_state() {
        var permissions = Permissions.none();
        assertThat(permissions.request(Kind.ENV, null).state()).isEqualTo(Permissions.State.DENIED);
        assertThat(state(permissions, Kind.ENV, null)).isEqualTo("prompt");
    }

    @Test
    void an_answer_is_remembered() {
        var asked = new ArrayList<String>();
        var parser = new PermissionFlags(CWD);
        var permissions = parser.build((kind, what, api) -> {
            asked.add(kind + " " + what);
            return "no".equals(what) ? Answer.DENY : "A".equals(what) ? Answer.ALLOW_ALL : Answer.ALLOW;
        });
        permissions.check(Kind.ENV, "yes");
        permissions.check(Kind.ENV, "yes");
        assertThatThrownBy(() -> permissions.check(Kind.ENV, "no")).hasMessageContaining("\"no\"");
        assertThatThrownBy(() -> permissions.check(Kind.ENV, "no")).hasMessageContaining("\"no\"");
        assertThat(state(permissions, Kind.ENV, "no")).isEqualTo("denied");
        permissions.check(Kind.ENV, "A");
        permissions.check(Kind.ENV, "anything");
        assertThat(asked).containsExactly("ENV yes", "ENV no", "ENV A");
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            --allow-env                          | ENV  | A           | true  | allow-env
            --allow-env=A,B*                     | ENV  | BOX         | true  | allow-env=B*
            --allow-env --deny-env               | ENV  | A           | false | deny-env
            --allow-env --deny-env=A             | ENV  | A           | false | deny-env=A
            --allow-env --deny-env=A             | ENV  | -           | false | deny-env=A
            --deny-env=A                         | ENV  | -           | false | no rule
            --allow-env=B                        | ENV  | A           | false | no rule
            --allow-read --ignore-read=/etc      | READ | /etc/passwd | false | ignore-read=/etc
            --allow-read --ignore-read           | READ | /etc        | false | ignore-read
            --allow-net=*.b.org --deny-net=c.org | NET  | a.b.org:80  | true  | allow-net=*.b.org
            --allow-all                          | READ | /etc        | true  | allow-read
            """)
    void a_decision_names_the_rule_it_was_made_by(String flags, Kind kind, String what, boolean allowed, String rule) {
        assertThat(heard(flags, kind, what, null)).isEqualTo(new Permissions.Decision(kind, what, allowed, rule));
    }

    @Test
    void what_somebody_answered_is_a_rule_called_prompt_whatever_was_asked() {
        for (var answer : Answer.values()) {
            for (var what : new String[] {"A", null}) {
                assertThat(heard("--allow-env=B", Kind.ENV, what, answer))
                        .isEqualTo(new Permissions.Decision(Kind.ENV, what, answer != Answer.DENY, "prompt"));
            }
        }
    }

    private static Permissions.Decision heard(String flags, Kind kind, String what, Answer answer) {
        var parser = new PermissionFlags(CWD);
        for (var flag : flags.split(" ")) {
            assertThat(parser.accept(flag)).isTrue();
        }
        var heard = new ArrayList<Permissions.Decision>();
        var permissions = parser.build(answer == null ? null : (k, w, api) -> answer);
        permissions.listener(heard::add);
        try {
            permissions.check(kind, what);
        } catch (JsVisibleException refused) {
            assertThat(heard).extracting(Permissions.Decision::allowed).containsExactly(false);
        }
        assertThat(heard).hasSize(1);
        return heard.getFirst();
    }

    @Test
    void every_check_is_heard_once_and_a_copy_is_changed_alone() {
        var heard = new ArrayList<Permissions.Decision>();
        var permissions =
                Permissions.builder().allow(Kind.NET).listener(heard::add).build();
        permissions.check(Kind.NET, "a.com:80");
        assertThatThrownBy(() -> permissions.check(Kind.ENV, "X")).isInstanceOf(JsVisibleException.class);
        assertThat(heard)
                .containsExactly(
                        new Permissions.Decision(Kind.NET, "a.com:80", true, "allow-net"),
                        new Permissions.Decision(Kind.ENV, "X", false, "no rule"));
        permissions.copy().revoke(Kind.NET, null);
        assertThat(state(permissions, Kind.NET, null)).isEqualTo("granted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--allow-net=a b|invalid host 'a b': invalid char found in FQDN",
                "--allow-net=10.0.0.0/99|invalid host '10.0.0.0/99': invalid char found in FQDN",
                "--allow-net=*|invalid host '*': invalid char found in FQDN",
                "--allow-sys=bogus|unknown sys descriptor: 'bogus'",
                "--allow-env=|Empty env not allowed",
                "--allow-env=A=B|invalid env var name: 'A=B'",
                "--allow-read=/a,,/b|Empty path is not allowed",
                "--allow-run=|Empty command name not allowed in --allow-run=...",
            })
    void a_wrong_flag_value_is_refused_in_denos_words(String flag, String message) {
        assertThatThrownBy(() -> new PermissionFlags(CWD).accept(flag))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void flags_come_long_short_and_grouped() {
        var permissions = with("-RW=/tmp", "-N", "-E=A", "-S", "-I");
        assertThat(state(permissions, Kind.READ, null)).isEqualTo("granted");
        assertThat(state(permissions, Kind.WRITE, null)).isEqualTo("prompt");
        assertThat(state(permissions, Kind.WRITE, "/tmp/x")).isEqualTo("granted");
        assertThat(state(permissions, Kind.IMPORT, null)).isEqualTo("granted");
        assertThat(state(with("-A"), Kind.FFI, null)).isEqualTo("granted");
        var parser = new PermissionFlags(CWD);
        for (var other : List.of("--allow-foo", "-x", "-RX", "script.ts", "-", "--ignore-net", "--allow")) {
            assertThat(parser.accept(other)).as(other).isFalse();
        }
        parser.accept("-A");
        assertThatThrownBy(() -> parser.accept("--allow-net")).hasMessage("--allow-all conflicts with --allow-net");
    }

    @Test
    void a_configuration_map_says_the_same() {
        var permissions = PermissionFlags.fromMap(
                Map.of("net", List.of("api.example.com"), "env", true, "run", false, "deny-env", List.of("SECRET")),
                CWD);
        assertThat(state(permissions, Kind.NET, "api.example.com:443")).isEqualTo("granted");
        assertThat(state(permissions, Kind.ENV, "A")).isEqualTo("granted");
        assertThat(state(permissions, Kind.ENV, "SECRET")).isEqualTo("denied");
        assertThat(state(permissions, Kind.RUN, "ls")).isEqualTo("prompt");
        assertThatThrownBy(() -> PermissionFlags.fromMap(Map.of("nett", true), CWD))
                .hasMessageStartingWith("unknown permission 'nett': expected read, write,");
        assertThatThrownBy(() -> PermissionFlags.fromMap(Map.of("net", "a.com"), CWD))
                .hasMessage("permission 'net' is 'a.com': expected true, false or a list such as [\"example.com\"]");
        assertThatThrownBy(() -> PermissionFlags.fromMap(Map.of("net", List.of("a b")), CWD))
                .hasMessage("permission 'net': invalid host 'a b': invalid char found in FQDN");
    }
}
