package dev.carillon.scheduler.quartz;

import org.quartz.impl.jdbcjobstore.SimplePropertiesTriggerPersistenceDelegateSupport;
import org.quartz.impl.jdbcjobstore.SimplePropertiesTriggerProperties;
import org.quartz.spi.OperableTrigger;

/**
 * Keeps {@link DueTrigger}s in {@code qrtz_simprop_triggers}: there the schedule's text alone, what changes with every
 * run is in {@code qrtz_triggers} itself. So Quartz never falls back on serialized objects.
 */
public final class DueTriggers extends SimplePropertiesTriggerPersistenceDelegateSupport {
    @Override
    public boolean canHandleTriggerType(OperableTrigger trigger) {
        return trigger instanceof DueTrigger;
    }

    @Override
    public String getHandledTriggerTypeDiscriminator() {
        return DueTrigger.TYPE;
    }

    @Override
    protected SimplePropertiesTriggerProperties getTriggerProperties(OperableTrigger trigger) {
        var properties = new SimplePropertiesTriggerProperties();
        properties.setString1(((DueTrigger) trigger).schedule());
        return properties;
    }

    @Override
    protected TriggerPropertyBundle getTriggerPropertyBundle(SimplePropertiesTriggerProperties properties) {
        throw new UnsupportedOperationException("due triggers are read by the store that claims them");
    }
}
