package dev.carillon.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a runtime's ops share: one value per type, put there when extensions start. A backend hidden behind an
 * interface is put under the interface.
 *
 * <p>Threads: confined to the runtime thread; a body that goes on elsewhere copies what it needs first.
 */
public final class OpState {
    private final Map<Class<?>, Object> values = new HashMap<>();
    private final Thread owner;

    /** @param owner the runtime thread; access from any other throws */
    public OpState(Thread owner) {
        this.owner = owner;
    }

    /** Sets the value of {@code type}, replacing an earlier one. */
    public <T> void put(Class<T> type, T value) {
        confine();
        values.put(type, value);
    }

    /** @throws IllegalStateException if no value of {@code type} was put; names the type */
    public <T> T borrow(Class<T> type) {
        return tryBorrow(type)
                .orElseThrow(() -> new IllegalStateException("OpState holds no " + type.getName()
                        + ": the extension that puts it is missing or starts later"));
    }

    public <T> Optional<T> tryBorrow(Class<T> type) {
        confine();
        return Optional.ofNullable(type.cast(values.get(type)));
    }

    /** Removes and returns the value. */
    public <T> T take(Class<T> type) {
        var value = borrow(type);
        values.remove(type);
        return value;
    }

    public boolean has(Class<?> type) {
        confine();
        return values.containsKey(type);
    }

    /** Forgets everything; the runtime does so when it ends, before it closes resources. */
    public void clear() {
        confine();
        values.clear();
    }

    private void confine() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("OpState belongs to thread '" + owner.getName() + "', touched from '"
                    + Thread.currentThread().getName() + "': copy what the op needs before leaving the runtime thread");
        }
    }
}
