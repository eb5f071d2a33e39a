package dev.carillon.scheduler.run;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronSpec;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * A backend whose every occurrence leaves a row: due, started (durably, before the job function is called), ended, or
 * skipped with its reason.
 *
 * <p>Threads, closing: as {@link CronHandler}. Closing ends what is still under way as interrupted and closes the backend.
 */
public final class RecordingCronHandler implements CronHandler {
    private final RunRecorder recorder;
    private final String script;
    private final CronHandler backend;
    private final Executor loop;
    private final int linesMax;
    private final AlarmQueue alarms;
    private final Set<RecordingCronHandle> open = ConcurrentHashMap.newKeySet();

    /**
     * @param loop runs a task on the runtime thread
     * @param linesMax of what one attempt prints is kept
     */
    RecordingCronHandler(RunRecorder recorder, String script, CronHandler backend, Executor loop, int linesMax) {
        this.recorder = recorder;
        this.script = script;
        this.backend = backend;
        this.loop = loop;
        this.linesMax = linesMax;
        alarms = new AlarmQueue(recorder.time());
    }

    @Override
    public void admit(String name) {
        backend.admit(name);
    }

    @Override
    public RecordingCronHandle create(CronSpec spec) {
        var inner = backend.create(spec); // refuses first: what it refuses is no job
        var handle = new RecordingCronHandle(
                recorder,
                recorder.jobFor(new JobKey(script, spec.name()), spec),
                spec,
                inner,
                loop,
                linesMax,
                alarms,
                open::remove);
        open.add(handle);
        recorder.registered(handle, spec);
        return handle;
    }

    @Override
    public void close() {
        for (var handle : open) {
            handle.abandon(Reason.SERVICE_STOPPED);
        }
        open.clear();
        backend.close();
    }
}
