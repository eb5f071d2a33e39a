package dev.carillon.runtime.engine;

import dev.carillon.runtime.CancelHandle;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.ResourceTable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** The extension every runtime starts with: js/core and the ops it stands on. */
final class CoreExtension {
    static final Extension INSTANCE =
            Extension.builder("core").ops(CoreOps::new).entryPoint("mod.js").build();

    private CoreExtension() {}

    /** Ops of js/core. Public for the engine's host access only. */
    public static final class CoreOps {
        private static final OutputSink.Level[] LEVELS = OutputSink.Level.values();
        private final OutputSink output;
        private final ResourceTable resources;

        CoreOps(OpState state) {
            output = state.borrow(OutputSink.class);
            resources = state.borrow(ResourceTable.class);
        }

        /** @param level 0 debug, 1 info, 2 log, 3 warn, 4 error */
        @Op("op_write")
        public void write(int level, String text, double scope) {
            output.write(LEVELS[Math.clamp(level, 0, LEVELS.length - 1)], text, (long) scope);
        }

        @Op("op_close")
        public void close(int rid) {
            resources.close(rid);
        }

        @Op("op_try_close")
        public void tryClose(int rid) {
            if (resources.has(rid)) {
                resources.close(rid);
            }
        }

        @Op("op_read")
        public CompletionStage<byte[]> read(int rid, int limit) {
            return resources.getAny(rid).read(limit);
        }

        @Op("op_write_resource")
        public CompletionStage<Integer> writeResource(int rid, byte[] bytes) {
            return resources.getAny(rid).write(bytes);
        }

        @Op("op_shutdown")
        public CompletionStage<Void> shutdown(int rid) {
            return resources.getAny(rid).shutdown();
        }

        @Op("op_cancel_handle")
        public int cancelHandle() {
            return resources.add(new CancelHandle());
        }

        @Op("op_encode")
        public byte[] encode(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Op("op_decode")
        public String decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Op("op_resources")
        public Map<Integer, String> resources() {
            return resources.names();
        }
    }
}
