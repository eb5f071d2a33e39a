package dev.carillon.scheduler.quartz;

import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.ScheduleBuilder;
import org.quartz.impl.triggers.AbstractTrigger;

/**
 * The one trigger of a job: an instant, and nothing else. Which instant comes next is no business of Quartz's; whoever
 * ends a run sets it.
 *
 * <p>Columns: {@code next_fire_time} when to start; {@code prev_fire_time} the scheduled fire time of the run that is
 * due, the same for its retries; {@code priority} the attempt, from 1, also its fence; {@code start_time} grows with
 * every arming, so that what is due at one instant starts in that order; {@code description} the revision of the job's
 * definition that is in force.
 */
final class DueTrigger extends AbstractTrigger<DueTrigger> {
    /** In {@code trigger_type}. */
    static final String TYPE = "CARILLON";

    private static final long serialVersionUID = 1L;
    private static final Date LONG_AGO = new Date(0);

    private final Armed armed;
    private transient @Nullable Fired fired;

    /**
     * When a job is to start, and as what.
     *
     * @param dueMs {@link Long#MAX_VALUE} for never
     */
    record Armed(long dueMs, long scheduledMs, int attempt, long order) implements java.io.Serializable {
        static final long NEVER = Long.MAX_VALUE;
    }

    DueTrigger(String group, String name, Armed armed) {
        super(name, group, name, group);
        this.armed = armed;
        super.setMisfireInstruction(MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
        super.setPriority(armed.attempt());
    }

    Armed armed() {
        return armed;
    }

    /** Set once this node has claimed it. */
    @Nullable
    Fired fired() {
        return fired;
    }

    void fired(Fired value) {
        fired = value;
        setFireInstanceId(value.entryId());
    }

    /** In the past for a claimed one: it is due, and Quartz, which reads the machine's clock, must not wait. */
    @Override
    public @Nullable Date getNextFireTime() {
        if (fired != null) {
            return LONG_AGO;
        }
        return armed.dueMs() == Armed.NEVER ? null : new Date(armed.dueMs());
    }

    @Override
    public Date getPreviousFireTime() {
        return new Date(armed.scheduledMs());
    }

    @Override
    public Date getStartTime() {
        return new Date(armed.order());
    }

    @Override
    public void triggered(Calendar calendar) {}

    @Override
    public @Nullable Date computeFirstFireTime(Calendar calendar) {
        return getNextFireTime();
    }

    @Override
    public boolean mayFireAgain() {
        return true;
    }

    @Override
    public void setStartTime(Date startTime) {
        throw fixed();
    }

    @Override
    public void setEndTime(Date endTime) {
        throw fixed();
    }

    @Override
    public @Nullable Date getEndTime() {
        return null;
    }

    @Override
    public @Nullable Date getFireTimeAfter(Date afterTime) {
        return null;
    }

    @Override
    public @Nullable Date getFinalFireTime() {
        return null;
    }

    @Override
    protected boolean validateMisfireInstruction(int candidate) {
        return candidate == MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY;
    }

    @Override
    public void updateAfterMisfire(Calendar calendar) {}

    @Override
    public void updateWithNewCalendar(Calendar calendar, long misfireThreshold) {}

    @Override
    public ScheduleBuilder<DueTrigger> getScheduleBuilder() {
        throw fixed();
    }

    @Override
    public void setNextFireTime(Date nextFireTime) {
        throw fixed();
    }

    @Override
    public void setPreviousFireTime(Date previousFireTime) {
        throw fixed();
    }

    private static UnsupportedOperationException fixed() {
        return new UnsupportedOperationException("a due trigger is not changed, it is armed anew");
    }
}
