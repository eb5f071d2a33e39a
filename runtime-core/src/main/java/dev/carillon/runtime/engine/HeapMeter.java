package dev.carillon.runtime.engine;

import com.oracle.truffle.api.TruffleContext;
import com.oracle.truffle.api.instrumentation.TruffleInstrument;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;

/**
 * Asks the engine what a context's objects occupy. The engine walks them from the context's roots, which it offers to
 * instruments only, and only where the JIT is on.
 *
 * <p>Threads: any that has been in a context of the engine.
 */
final class HeapMeter extends TruffleInstrument {
    static final String ID = "carillon-heap";

    private volatile @Nullable Env env;

    static HeapMeter of(Engine engine) {
        var instrument = Objects.requireNonNull(engine.getInstruments().get(ID), "the engine does not know " + ID);
        return instrument.lookup(HeapMeter.class);
    }

    @Override
    protected void onCreate(Env created) {
        env = created;
        created.registerService(this);
    }

    private Env env() {
        var known = env;
        if (known == null) {
            throw new IllegalStateException("the engine has not made this instrument");
        }
        return known;
    }

    /** The context the calling thread is in. */
    TruffleContext entered() {
        return env().getEnteredContext();
    }

    /**
     * Bytes of the guest objects only this context holds; walks one object after the other, about a second for ten
     * million. Exact if the guest stands still, else near. Its stack counts.
     *
     * @param enough the walk ends when it has seen as many
     * @return empty if this engine cannot tell
     */
    OptionalLong retained(TruffleContext context, long enough) {
        try {
            return OptionalLong.of(env().calculateContextHeapSize(context, enough, new AtomicBoolean()));
        } catch (UnsupportedOperationException e) { // interpreted: object layouts are known to the JIT only
            return OptionalLong.empty();
        } catch (IllegalStateException e) { // closed meanwhile
            return OptionalLong.of(0);
        }
    }
}
