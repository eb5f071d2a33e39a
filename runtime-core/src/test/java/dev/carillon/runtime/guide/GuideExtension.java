package dev.carillon.runtime.guide;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The extension of README.md, which quotes this file: {@code GuideTest} compares the two. */
public final class GuideExtension {
    private GuideExtension() {}

    /** The backend: where a closed tally leaves its total. Called on the runtime thread. */
    @FunctionalInterface
    public interface Ledger {
        void record(long total);
    }

    public static Extension create(Ledger ledger) {
        return Extension.builder("tally")
                .state(state -> state.put(Ledger.class, ledger))
                .ops(TallyOps::new)
                .esm("tally.js")
                .entryPoint("tally.js")
                .resources(GuideExtension.class.getClassLoader())
                .build();
    }

    /** Runtime thread only. */
    public static final class TallyOps {
        private final ResourceTable resources;
        private final Ledger ledger;

        TallyOps(OpState state) {
            resources = state.borrow(ResourceTable.class);
            ledger = state.borrow(Ledger.class);
        }

        @Op("op_tally_open")
        public int open() {
            return resources.add(new Tally(ledger));
        }

        @Op("op_tally_add")
        public long add(int rid, int by) {
            if (by < 1) {
                throw JsVisibleException.typeError("Cannot add to a tally: " + by + " is less than 1");
            }
            return resources.get(rid, Tally.class).add(by);
        }

        @Op("op_tally_reached")
        public CompletionStage<Long> reached(int rid, long goal) {
            return resources.get(rid, Tally.class).reached(goal);
        }
    }

    /** What a script holds by number. */
    private static final class Tally implements Resource {
        private final Ledger ledger;
        private final Map<CompletableFuture<Long>, Long> waiting = new HashMap<>();
        private long total;

        Tally(Ledger ledger) {
            this.ledger = ledger;
        }

        long add(int by) {
            total += by;
            waiting.forEach((future, goal) -> {
                if (total >= goal) {
                    future.complete(total);
                }
            });
            waiting.keySet().removeIf(CompletableFuture::isDone);
            return total;
        }

        CompletionStage<Long> reached(long goal) {
            if (total >= goal) {
                return CompletableFuture.completedFuture(total);
            }
            var future = new CompletableFuture<Long>();
            waiting.put(future, goal);
            return future;
        }

        @Override
        public String name() {
            return "tally";
        }

        @Override
        public void close() {
            ledger.record(total);
            waiting.keySet().forEach(future -> future.completeExceptionally(JsVisibleException.badResource()));
        }
    }
}
