package dev.carillon.scheduler.quartz;

import org.quartz.Job;
import org.quartz.JobExecutionContext;

/** What Quartz runs: it waits until the script has ended the run, or somebody else has taken it over. */
public final class RunJob implements Job {
    @Override
    public void execute(JobExecutionContext context) {
        var fired = ((DueTrigger) context.getTrigger()).fired();
        if (fired != null) {
            fired.ended().join();
        }
    }
}
