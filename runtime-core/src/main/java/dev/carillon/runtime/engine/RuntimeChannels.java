package dev.carillon.runtime.engine;

import dev.carillon.runtime.Channels;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsVisibleException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The channels of one runtime. */
final class RuntimeChannels implements Channels {
    private final Map<String, Handler> handlers = new HashMap<>();
    private final EventLoop loop;
    private final BiConsumer<String, byte[]> guest;

    /** @param guest hands a message to the guest; called on the runtime thread */
    RuntimeChannels(EventLoop loop, BiConsumer<String, byte[]> guest) {
        this.loop = loop;
        this.guest = guest;
    }

    @Override
    public void handle(String channel, Handler handler) {
        if (handlers.putIfAbsent(channel, handler) != null) {
            throw new IllegalStateException("Channel '" + channel + "' has a handler already");
        }
    }

    @Override
    public void post(String channel, byte[] message) {
        loop.execute(() -> guest.accept(channel, message));
    }

    /** @throws JsVisibleException NotFound if nobody answers the channel */
    byte @org.jspecify.annotations.Nullable [] send(String channel, byte[] message) {
        var handler = handlers.get(channel);
        if (handler == null) {
            throw new JsVisibleException(
                    "NotFound", "Unknown channel '" + channel + "': known are " + new TreeSet<>(handlers.keySet()));
        }
        return handler.receive(message);
    }
}
