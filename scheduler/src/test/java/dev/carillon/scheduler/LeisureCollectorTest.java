package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On the real collector of this JVM. */
class LeisureCollectorTest {
    @Test
    @EnabledIf("usesG1")
    void what_fills_a_quarter_of_its_part_is_collected_and_then_there_is_nothing_to_do() {
        var leisure = LeisureCollector.ofThisJvm(TimeSource.system()).orElseThrow();
        System.gc();
        assertThat(leisure.look()).isFalse();
        while (!quarterFull()) {
            assertThat(new byte[100_000]).hasSize(100_000);
        }
        assertThat(leisure.look()).isTrue();
        assertThat(quarterFull()).isFalse();
        assertThat(leisure.look()).isFalse();
    }

    static boolean usesG1() {
        return eden().isPresent();
    }

    private static boolean quarterFull() {
        var usage = eden().orElseThrow().getUsage();
        return usage.getUsed() >= usage.getCommitted() / 4;
    }

    private static Optional<MemoryPoolMXBean> eden() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("G1 Eden Space"))
                .findFirst();
    }

    @ParameterizedTest
    @CsvSource({"0, 500", "499, 1", "500, 1000", "501, 999", "1700000000999, 501", "-1, 501"})
    void the_middle_of_a_second_is_waited_for(long nowMs, long waitMs) {
        assertThat(LeisureCollector.untilMiddle(nowMs)).hasMillis(waitMs);
    }

    @ParameterizedTest
    @CsvSource({
        "14, 60, 1000, false",
        "15, 60, 1000, true",
        "15, 60, 154, true",
        "15, 60, 153, false",
        "60, 60, 64, true"
    })
    void it_is_time_when_a_quarter_is_full_and_there_is_room(long usedMb, long partMb, long roomMb, boolean time) {
        assertThat(LeisureCollector.isTime(usedMb << 20, partMb << 20, roomMb << 20))
                .isEqualTo(time);
    }
}
