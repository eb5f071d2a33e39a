package dev.carillon.bench.cluster;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.utils.DBConnectionManager;

/**
 * One process of another scheduler: jobs that do nothing, due every second, and one row of history for each run.
 *
 * <p>Usage: {@code Peer quartz|db-scheduler <jdbc url> <node> <jobs> <seconds between>}. Ends when it is killed.
 */
public final class Peer {
    private static final int THREADS = 20;
    private static final int CONNECTIONS = THREADS + 5;

    private Peer() {}

    public static void main(String[] arguments) throws Exception {
        var pool = pool(arguments[1]);
        var node = arguments[2];
        int jobs = Integer.parseInt(arguments[3]);
        var period = Duration.ofSeconds(Long.parseLong(arguments[4]));
        switch (arguments[0]) {
            case "quartz" -> Quartz.start(pool, node, jobs, period);
            case "db-scheduler" -> DbScheduler.start(pool, node, jobs, period);
            default -> throw new IllegalArgumentException("neither quartz nor db-scheduler: " + arguments[0]);
        }
        new CountDownLatch(1).await();
    }

    private static HikariDataSource pool(String url) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        return new HikariDataSource(config);
    }

    /** The row every one of them owes for a run; here in one insert at its end, which is the least it can cost. */
    private static void note(HikariDataSource pool, String job, Instant scheduled, Instant started, String node) {
        try (Connection connection = pool.getConnection();
                var insert = connection.prepareStatement("insert into history (job, scheduled_at, started_at, ended_at,"
                        + " node, state) values (?, ?, ?, ?, ?, 'succeeded')")) {
            insert.setString(1, job);
            insert.setLong(2, scheduled.toEpochMilli());
            insert.setLong(3, started.toEpochMilli());
            insert.setLong(4, System.currentTimeMillis());
            insert.setString(5, node);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("no history for " + job, e);
        }
    }

    /** Stock: JobStoreTX, clustered, settings of a careful user. */
    public static final class Quartz implements Job {
        /** Where runs are noted, and by which node; a stock job is made by its class alone and finds it here. */
        private record Place(HikariDataSource pool, String node) {}

        private static final CompletableFuture<Place> PLACE = new CompletableFuture<>();

        static void start(HikariDataSource dataSource, String name, int jobs, Duration period) throws Exception {
            PLACE.complete(new Place(dataSource, name));
            DBConnectionManager.getInstance().addConnectionProvider("ds", new org.quartz.utils.ConnectionProvider() {
                @Override
                public Connection getConnection() throws SQLException {
                    return dataSource.getConnection();
                }

                @Override
                public void initialize() {}

                @Override
                public void shutdown() {}
            });
            var settings = new Properties();
            Map.of(
                            "org.quartz.scheduler.instanceName", "bench",
                            "org.quartz.scheduler.instanceId", name,
                            "org.quartz.scheduler.idleWaitTime", "1000",
                            "org.quartz.scheduler.batchTriggerAcquisitionMaxCount", Integer.toString(THREADS),
                            "org.quartz.threadPool.threadCount", Integer.toString(THREADS),
                            "org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX",
                            "org.quartz.jobStore.driverDelegateClass",
                                    "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate",
                            "org.quartz.jobStore.dataSource", "ds",
                            "org.quartz.jobStore.isClustered", "true",
                            "org.quartz.jobStore.acquireTriggersWithinLock", "true")
                    .forEach(settings::setProperty);
            settings.setProperty("org.quartz.jobStore.useProperties", "true");
            var scheduler = new StdSchedulerFactory(settings).getScheduler();
            register(scheduler, jobs, period);
            scheduler.start();
        }

        private static void register(org.quartz.Scheduler scheduler, int jobs, Duration period)
                throws SchedulerException {
            var first = Date.from(next(Instant.now(), period));
            var all = new HashMap<JobDetail, Set<? extends Trigger>>();
            for (int i = 0; i < jobs; i++) {
                var job = JobBuilder.newJob(Quartz.class)
                        .withIdentity("job " + i)
                        .requestRecovery()
                        .build();
                if (scheduler.checkExists(job.getKey())) {
                    return; // another node has
                }
                all.put(
                        job,
                        Set.of(TriggerBuilder.newTrigger()
                                .withIdentity("job " + i)
                                .startAt(first)
                                .withSchedule(SimpleScheduleBuilder.repeatSecondlyForever((int) period.toSeconds())
                                        .withMisfireHandlingInstructionNextWithRemainingCount())
                                .build()));
            }
            scheduler.scheduleJobs(all, false);
        }

        @Override
        public void execute(JobExecutionContext context) {
            var started = Instant.now();
            var place = PLACE.join();
            note(
                    place.pool(),
                    context.getJobDetail().getKey().getName(),
                    context.getScheduledFireTime().toInstant(),
                    started,
                    place.node());
        }
    }

    /** Lock-and-fetch, its fastest way on PostgreSQL. */
    private static final class DbScheduler {
        static void start(HikariDataSource pool, String node, int jobs, Duration period) {
            List<RecurringTask<?>> tasks = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                tasks.add(Tasks.recurring("job " + i, new Every(period)).execute((instance, context) -> {
                    var started = Instant.now();
                    note(pool, instance.getTaskName(), context.getExecution().executionTime, started, node);
                }));
            }
            Scheduler.create(pool)
                    .startTasks(tasks)
                    .schedulerName(new com.github.kagkarlsson.scheduler.SchedulerName.Fixed(node))
                    .threads(THREADS)
                    .pollingInterval(Duration.ofMillis(20))
                    .pollUsingLockAndFetch(1.0, 4.0)
                    .build()
                    .start();
        }

        /** On the full second, what has passed is skipped: as the others do it. */
        private record Every(Duration period) implements Schedule {
            @Override
            public Instant getNextExecutionTime(ExecutionComplete done) {
                return next(done.getTimeDone(), period);
            }

            @Override
            public Instant getInitialExecutionTime(Instant now) {
                return next(now, period);
            }

            @Override
            public boolean isDeterministic() {
                return true;
            }
        }
    }

    private static Instant next(Instant after, Duration period) {
        long seconds = after.truncatedTo(ChronoUnit.SECONDS).getEpochSecond();
        return Instant.ofEpochSecond(seconds - seconds % period.toSeconds() + period.toSeconds());
    }
}
