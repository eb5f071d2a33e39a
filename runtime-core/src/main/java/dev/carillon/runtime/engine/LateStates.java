package dev.carillon.runtime.engine;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.LateValue;
import dev.carillon.runtime.OpState;
import java.util.List;

/** The extensions of one runtime whose state is made after its start. */
final class LateStates {
    private final List<Extension> waiting;
    private boolean done;

    LateStates(List<Extension> extensions) {
        waiting = extensions.stream()
                .filter(extension -> extension.lateState() != null)
                .toList();
    }

    /** @throws IllegalStateException if it was done before, or the values are not those asked for, in order */
    void initialise(List<LateValue> values, OpState state) {
        if (done) {
            throw new IllegalStateException("Late initialisation was done before");
        }
        var wanted = waiting.stream().map(Extension::name).toList();
        var given = values.stream().map(LateValue::extension).toList();
        if (wanted.size() != given.size()) {
            throw new IllegalStateException("Late initialisation takes a value for each of " + wanted.size()
                    + " extensions, " + wanted + ": got " + given.size() + ", " + given);
        }
        if (!wanted.equals(given)) {
            throw new IllegalStateException("Late initialisation takes its values in the order of the extensions, "
                    + wanted + ": got " + given);
        }
        done = true;
        for (int i = 0; i < waiting.size(); i++) {
            var late = waiting.get(i).lateState();
            if (late != null) {
                late.apply(state, values.get(i).value());
            }
        }
    }
}
