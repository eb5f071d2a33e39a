package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlarmQueueTest {
    private final VirtualTime virtual = new VirtualTime(Instant.EPOCH);
    private final List<String> rung = new ArrayList<>();
    private final AlarmQueue queue = new AlarmQueue(virtual);

    private void after(int seconds, String name) {
        queue.after(Duration.ofSeconds(seconds), () -> rung.add(name));
    }

    @Test
    void alarms_ring_when_due_and_those_of_one_instant_in_the_order_they_were_asked_for() {
        after(2, "late");
        after(1, "first");
        after(1, "second");
        after(-1, "at once");
        virtual.advance(Duration.ZERO);
        assertThat(rung).containsExactly("at once");
        virtual.advance(Duration.ofMillis(999));
        assertThat(rung).containsExactly("at once");
        virtual.advance(Duration.ofMillis(1));
        assertThat(rung).containsExactly("at once", "first", "second");
        virtual.advance(Duration.ofSeconds(1));
        assertThat(rung).containsExactly("at once", "first", "second", "late");
        assertThat(virtual.waiting()).isEmpty();
    }

    @Test
    void a_hundred_alarms_cost_the_time_source_one() {
        after(50, "alarm");
        for (int seconds = 1; seconds < 100; seconds++) {
            after(seconds, "alarm");
        }
        assertThat(virtual.waiting()).containsExactly(Duration.ofSeconds(1));
        virtual.advance(Duration.ofSeconds(1));
        assertThat(rung).hasSize(1);
        assertThat(virtual.waiting()).containsExactly(Duration.ofSeconds(1));
        virtual.advance(Duration.ofSeconds(98));
        assertThat(rung).hasSize(100);
        assertThat(virtual.waiting()).isEmpty();
    }

    @Test
    void one_taken_back_does_not_ring_and_the_last_one_takes_the_time_sources_with_it() {
        var soon = queue.after(Duration.ofSeconds(1), () -> rung.add("soon"));
        var later = queue.after(Duration.ofSeconds(2), () -> rung.add("later"));
        soon.cancel();
        soon.cancel();
        virtual.advance(Duration.ofMillis(1_500));
        assertThat(rung).isEmpty();
        assertThat(virtual.waiting()).hasSize(1);
        later.cancel();
        assertThat(virtual.waiting()).isEmpty();
        virtual.advance(Duration.ofSeconds(1));
        assertThat(rung).isEmpty();
        after(1, "next");
        virtual.advance(Duration.ofSeconds(1));
        assertThat(rung).containsExactly("next");
        later.cancel();
    }

    @Test
    void thousands_taken_back_neither_ring_nor_stay() {
        after(3, "last");
        after(1, "first");
        for (int i = 0; i < 10_000; i++) {
            queue.after(Duration.ofSeconds(2), () -> rung.add("taken back")).cancel();
            assertThat(queue.size()).isLessThan(100);
        }
        virtual.advance(Duration.ofSeconds(2));
        assertThat(rung).containsExactly("first");
        assertThat(virtual.waiting()).containsExactly(Duration.ofSeconds(1));
        virtual.advance(Duration.ofSeconds(1));
        assertThat(rung).containsExactly("first", "last");
        assertThat(queue.size()).isZero();
    }

    @Test
    void a_task_may_ask_for_the_next_alarm() {
        queue.after(Duration.ofSeconds(1), () -> after(1, "next"));
        virtual.advance(Duration.ofSeconds(2));
        assertThat(rung).containsExactly("next");
    }
}
