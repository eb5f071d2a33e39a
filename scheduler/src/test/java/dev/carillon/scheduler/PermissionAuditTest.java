package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.runtime.Permissions.Decision;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PermissionAuditTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(PermissionAudit.class);
    private final Level before = logger.getLevel();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final VirtualTime time = new VirtualTime();
    private final PermissionAudit audit = new PermissionAudit("a.ts", time, Runnable::run);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void restore() {
        logger.detachAppender(log);
        logger.setLevel(before);
    }

    @Test
    void level_debug_has_every_decision() {
        allow("/data/1");
        allow("/data/2");
        deny("/etc");
        deny("/etc");
        assertThat(lines())
                .containsExactly(
                        "INFO allowed: /data/1 (allow-read=/data)",
                        "DEBUG allowed: /data/2 (allow-read=/data)",
                        "WARN denied: /etc (no rule)",
                        "DEBUG denied: /etc (no rule)");
    }

    @Test
    void denials_that_are_no_news_are_summed_up_once_an_hour_and_at_the_end() {
        logger.setLevel(Level.INFO);
        for (int i = 0; i < 4; i++) {
            deny("/etc");
        }
        time.advance(PermissionAudit.SUM_PERIOD.minusSeconds(1));
        deny("/etc");
        assertThat(lines()).containsExactly("WARN denied: /etc (no rule)");
        time.advance(Duration.ofSeconds(1));
        assertThat(lines()).containsExactly("WARN denied: /etc (no rule)", "WARN more denials since: 4 (no rule)");
        time.advance(PermissionAudit.SUM_PERIOD.multipliedBy(3));
        assertThat(lines()).as("nothing new, no line").hasSize(2);
        deny("/etc");
        time.advance(PermissionAudit.SUM_PERIOD);
        assertThat(lines()).hasSize(3).last().isEqualTo("WARN more denials since: 1 (no rule)");
        deny("/etc");
        deny("/etc");
        audit.close();
        assertThat(lines()).hasSize(4).last().isEqualTo("WARN more denials since: 2 (no rule)");
        assertThat(time.waiting()).isEmpty();
    }

    @Test
    void a_blocking_op_that_outlives_its_script_is_still_heard() {
        logger.setLevel(Level.INFO);
        deny("/etc");
        audit.close();
        deny("/etc");
        assertThat(lines()).containsExactly("WARN denied: /etc (no rule)", "WARN more denials since: 1 (no rule)");
    }

    @Test
    void the_last_denial_that_is_told_says_so() {
        logger.setLevel(Level.INFO);
        for (int i = 0; i <= AuditTally.TARGETS_MAX; i++) {
            deny("/" + i);
        }
        assertThat(lines())
                .hasSize(AuditTally.TARGETS_MAX)
                .last()
                .isEqualTo("WARN denied: /19 (no rule); more by this rule are counted and summed up every hour");
    }

    @Test
    void a_whole_kind_has_no_target_and_a_long_one_is_cut() {
        deny(null);
        deny("\u2066" + "x".repeat(1_000));
        assertThat(lines())
                .containsExactly("WARN denied (no rule)", "WARN denied: \ufffd" + "x".repeat(499) + "\u2026 (no rule)");
    }

    private void allow(String what) {
        audit.accept(new Decision(Kind.READ, what, true, "allow-read=/data"));
    }

    private void deny(String what) {
        audit.accept(new Decision(Kind.READ, what, false, "no rule"));
    }

    private List<String> lines() {
        return log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
