package dev.carillon.runtime.engine;

import com.oracle.truffle.api.instrumentation.TruffleInstrument;
import com.oracle.truffle.api.instrumentation.provider.TruffleInstrumentProvider;
import java.util.Collection;
import java.util.List;

/** Names {@link HeapMeter} to the engine, which makes it when it is first asked for. Public for the service loader only. */
@TruffleInstrument.Registration(id = HeapMeter.ID, name = "Carillon heap meter", services = HeapMeter.class)
public final class HeapMeterProvider extends TruffleInstrumentProvider {
    @Override
    protected String getInstrumentClassName() {
        return HeapMeter.class.getName();
    }

    @Override
    protected Object create() {
        return new HeapMeter();
    }

    @Override
    protected Collection<String> getServicesClassNames() {
        return List.of(HeapMeter.class.getName());
    }
}
