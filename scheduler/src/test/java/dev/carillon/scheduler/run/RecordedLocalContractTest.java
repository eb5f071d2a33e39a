package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronHandlerContract;
import dev.carillon.cron.local.LocalCronHandler;
import java.nio.file.Path;
import java.util.HashSet;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recording changes nothing of what a backend promises. */
@NullUnmarked // open(), which the contract calls, sets the fields
@Timeout(60)
class RecordedLocalContractTest extends CronHandlerContract {
    @TempDir
    Path folder;

    private RecordedRuns recorded;

    @Override
    protected CronHandler open() {
        recorded = new RecordedRuns(folder.resolve("runs"), time, loop);
        return recorded.handler("test.ts", new LocalCronHandler.Limits(CRONS_MAX, RUNNING_MAX));
    }

    /** Before the contract looks for alarms left over. */
    @AfterEach
    void every_run_has_its_verdict() {
        handler.close();
        settle();
        var seen = new HashSet<String>();
        for (var run : recorded.runs()) {
            assertThat(run.state().ended()).as("%s", run).isTrue();
            assertThat(seen.add(run.job() + run.scheduledTime()))
                    .as("%s twice", run)
                    .isTrue();
        }
        recorded.close();
    }
}
