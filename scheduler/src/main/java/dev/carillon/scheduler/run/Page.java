package dev.carillon.scheduler.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a longer list.
 *
 * @param cursor where the next page begins, or null if this is the last
 */
public record Page<T>(List<T> items, @Nullable String cursor) {
    public Page {
        items = List.copyOf(items);
    }
}
