package dev.carillon.scheduler.http;

import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands what happens in the service to everyone who follows it. A follower that does not keep up is cut off, so that it
 * comes back and reads everything afresh; it never slows the service down.
 *
 * <p>Threads: any; {@link #publish} does not block.
 */
public final class EventHub {
    /** Events a follower may be behind. */
    static final int QUEUE_MAX = 2_000;

    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();

    /** @param name of the server-sent event */
    public record Event(String name, String data) {}

    /** @param data made once, and only if somebody follows */
    public void publish(String name, Supplier<?> data) {
        if (followers.isEmpty()) {
            return;
        }
        var event = new Event(name, Json.write(data.get()));
        for (var follower : followers) {
            follower.offer(event);
        }
    }

    /** True if nobody would hear an event. */
    public boolean isIdle() {
        return followers.isEmpty();
    }

    int followers() {
        return followers.size();
    }

    Follower follow() {
        var follower = new Follower();
        followers.add(follower);
        return follower;
    }

    /** One reader's queue. */
    final class Follower implements AutoCloseable {
        private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
        private volatile boolean cut;

        private void offer(Event event) {
            if (!queue.offer(event)) {
                cut = true;
                followers.remove(this);
            }
        }

        /**
         * The next event; null if none came in time.
         *
         * @throws InterruptedException if the thread is to end
         */
        @Nullable
        Event poll(long millis) throws InterruptedException {
            return queue.poll(millis, TimeUnit.MILLISECONDS);
        }

        /** True once events were lost: what is queued is still right, what follows is not. */
        boolean isCut() {
            return cut && queue.isEmpty();
        }

        @Override
        public void close() {
            followers.remove(this);
        }
    }
}
