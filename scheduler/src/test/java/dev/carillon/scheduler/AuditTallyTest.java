package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Permissions.Decision;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.scheduler.AuditTally.Counted;
import dev.carillon.scheduler.AuditTally.News;
import org.junit.jupiter.api.Test;

class AuditTallyTest {
    private final AuditTally tally = new AuditTally();

    @Test
    void a_rule_that_allows_is_news_once_whatever_the_target() {
        assertThat(allow("/data/1", "allow-read=/data")).isEqualTo(News.TELL);
        assertThat(allow("/data/2", "allow-read=/data")).isEqualTo(News.NONE);
        assertThat(allow("/data/1", "allow-read=/data")).isEqualTo(News.NONE);
        assertThat(allow("/etc/1", "allow-read=/etc")).isEqualTo(News.TELL);
        assertThat(tally.take()).isEmpty();
    }

    @Test
    void each_target_that_is_denied_is_news_until_they_are_too_many() {
        for (int i = 1; i < AuditTally.TARGETS_MAX; i++) {
            assertThat(deny("/" + i, "no rule")).isEqualTo(News.TELL);
        }
        assertThat(deny("/last", "no rule")).isEqualTo(News.TELL_AS_LAST);
        assertThat(deny("/more", "no rule")).isEqualTo(News.NONE);
        assertThat(deny("/other", "deny-read=/other")).isEqualTo(News.TELL);
        assertThat(tally.take()).containsExactly(new Counted(Kind.READ, "no rule", 1));
    }

    @Test
    void a_target_denied_again_is_counted_as_is_every_one_beyond_the_bound() {
        for (int i = 0; i < 1_000_000; i++) {
            deny("/" + i % 100_000, "no rule");
        }
        deny("/x", "deny-read=/x");
        deny("/x", "deny-read=/x");
        deny("/x", "deny-read=/x");
        assertThat(tally.take())
                .containsExactly(
                        new Counted(Kind.READ, "no rule", 1_000_000 - AuditTally.TARGETS_MAX),
                        new Counted(Kind.READ, "deny-read=/x", 2));
        assertThat(tally.take()).isEmpty();
        assertThat(deny("/x", "deny-read=/x")).isEqualTo(News.NONE);
        assertThat(tally.take()).containsExactly(new Counted(Kind.READ, "deny-read=/x", 1));
    }

    @Test
    void an_answer_of_a_person_may_go_either_way() {
        assertThat(allow("/1", "prompt")).isEqualTo(News.TELL);
        assertThat(deny("/2", "prompt")).isEqualTo(News.TELL);
    }

    @Test
    void a_whole_kind_is_a_target_too() {
        assertThat(deny(null, "no rule")).isEqualTo(News.TELL);
        assertThat(deny(null, "no rule")).isEqualTo(News.NONE);
    }

    private News allow(String what, String rule) {
        return tally.add(new Decision(Kind.READ, what, true, rule));
    }

    private News deny(String what, String rule) {
        return tally.add(new Decision(Kind.READ, what, false, rule));
    }
}
