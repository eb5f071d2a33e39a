package dev.carillon.cron.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Schedules and the runs Deno 2.9.6 gives for them ({@code cron-vectors.json}). */
class CronVectorsTest {
    @TestFactory
    Stream<DynamicTest> every_vector_gives_what_deno_gives() throws IOException {
        try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/cron-vectors.json"))) {
            var vectors = new JsonMapper().readTree(in);
            assertThat(vectors.size()).isEqualTo(95);
            return StreamSupport.stream(vectors.spliterator(), false)
                    .map(vector -> DynamicTest.dynamicTest(
                            vector.get("tag").asString() + ": '"
                                    + vector.get("expr").asString() + "'",
                            () -> check(vector)));
        }
    }

    private static void check(JsonNode vector) {
        var text = vector.get("expr").asString();
        if (!vector.get("valid").asBoolean()) {
            assertThatThrownBy(() -> CronSchedule.parse(text))
                    .isInstanceOf(InvalidSchedule.class)
                    .hasMessageStartingWith(vector.get("error").asString() + ": ");
            return;
        }
        var schedule = CronSchedule.parse(text);
        var instant = Instant.parse(vector.get("from").asString());
        List<String> expected = new ArrayList<>();
        List<String> actual = new ArrayList<>();
        for (var next : vector.get("next")) {
            expected.add(Instant.parse(next.asString()).toString());
            var found = schedule.nextAfter(instant);
            actual.add(found.map(Instant::toString).orElse("never"));
            instant = found.orElse(instant);
        }
        assertThat(actual).isEqualTo(expected);
        if (vector.has("never")) {
            assertThat(schedule.nextAfter(instant)).isEmpty();
            assertThat(schedule.fires()).isFalse();
        }
    }
}
