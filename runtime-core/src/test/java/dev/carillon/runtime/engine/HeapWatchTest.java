package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
    @Test
    void who_holds_most_is_found_by_measuring_as_few_as_possible() {
        var bounds = Map.of("garbage", 900L, "hog", 500L, "small", 40L, "other", 60L);
        var sizes = Map.of("garbage", 50L, "hog", 450L, "small", 40L, "other", 55L);
        var measured = new ArrayList<String>();
        var most = HeapWatch.most(List.copyOf(bounds.keySet()), bounds::get, name -> {
            measured.add(name);
            return sizes.get(name);
        });
        assertThat(most).isEqualTo("hog");
        assertThat(measured).containsExactly("garbage", "hog");
        assertThat(HeapWatch.most(List.<String>of(), bounds::get, sizes::get)).isNull();
    }

    @Test
    void what_the_others_cannot_have_allocated_is_proved_to_be_ones_own() {
        assertThat(HeapWatch.provenShare(100, 130, 120)).isEqualTo(90);
        assertThat(HeapWatch.provenShare(100, 1000, 120)).isNegative();
        assertThat(HeapWatch.provenShare(100, 119, 120))
                .as("the counts are not of one instant")
                .isEqualTo(100);
    }
}
