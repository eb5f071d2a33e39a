package dev.carillon.scheduler;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a service is to run: {@code carillon.yaml}, overridden by environment variables, overridden by flags. Valid by
 * construction; {@link ConfigurationReader} is the door.
 */
public record Configuration(
        Backend backend,
        Database database,
        Node node,
        Http http,
        List<ScriptSource> scripts,
        History history,
        Log log,
        Limits limits,
        Schedules schedules) {

    public Configuration {
        scripts = List.copyOf(scripts);
    }

    /** Who decides when crons fire. */
    public enum Backend {
        LOCAL,
        QUARTZ;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where runs are kept. */
    public record Database(
            String url, @Nullable String user, @Nullable Secret password) {}

    /**
     * @param name stable per process, in every log line and on every attempt
     * @param cluster with backend quartz, the cluster it belongs to; a database holds one
     */
    public record Node(String name, String cluster) {}

    /** @param token needed by every request if set; null only on loopback */
    public record Http(String host, int port, @Nullable Secret token) {}

    /** @param path a file, or a folder whose files are watched */
    public record ScriptSource(Path path, Permissions permissions, ScriptLimits limits) {
        /** Scripts to look at, or whose limits are the configuration's. */
        public ScriptSource(Path path, Permissions permissions) {
            this(path, permissions, ScriptLimits.NONE);
        }

        ScriptSource with(ScriptLimits other) {
            return new ScriptSource(path, permissions, other);
        }
    }

    /**
     * What one script may use before it is stopped, refused or cut short.
     *
     * @param turnCpu processor time one turn of its loop may take; a script that takes more is stopped and restarted
     * @param runtime counts, of which one more is refused with a RangeError; and what its objects may occupy, beyond which
     *     it is stopped and restarted
     * @param logLinesPerRun of what an attempt prints is kept
     * @param logLinesPerSecond of what it prints outside its runs gets into the log
     */
    public record ScriptLimits(Duration turnCpu, RuntimeLimits runtime, int logLinesPerRun, int logLinesPerSecond) {
        static final ScriptLimits NONE = new ScriptLimits(
                ChronoUnit.FOREVER.getDuration(), RuntimeLimits.none(), Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /** What is pruned: runs due longer ago than {@code keep}, and the oldest of a job beyond {@code keepRunsPerJob}. */
    public record History(Duration keep, int keepRunsPerJob) {}

    public record Log(Format format, System.Logger.Level level) {
        /** Lines for people, or an object a line for programs. */
        public enum Format {
            TEXT,
            JSON
        }
    }

    /**
     * @param script holds for each script that has none of its own
     * @param stopDeadline how long handlers may still run once the service is told to stop, or their script reloaded
     * @param takeovers with backend quartz, how often a run is taken over from a process that died before it has failed
     */
    public record Limits(ScriptLimits script, Duration stopDeadline, int takeovers) {}

    /** @param seconds whether schedules may have six fields, seconds first, which Deno refuses */
    public record Schedules(boolean seconds) {
        CronSchedule parse(String text) {
            return seconds ? CronSchedule.parseWithSeconds(text) : CronSchedule.parse(text);
        }
    }

    /** A value that is never shown. */
    public record Secret(String reveal) {
        @Override
        public String toString() {
            return "****";
        }
    }

    /** Where files of the service are besides the database of runs: beside that, if it is a file. */
    Path dataFolder() {
        var prefix = "jdbc:h2:file:";
        if (database.url.startsWith(prefix)) {
            var file = Path.of(database.url.substring(prefix.length()).replaceFirst(";.*", ""));
            if (file.getParent() != null) {
                return file.getParent();
            }
        }
        return Path.of(".carillon");
    }

    /** A sentence for each folder that holds no script. */
    public List<String> emptyFolders() {
        return scripts.stream()
                .map(ScriptSource::path)
                .filter(Files::isDirectory)
                .filter(folder -> ScriptFiles.scan(
                                List.of(new ScriptSource(folder, Permissions.none())), new ArrayList<>())
                        .isEmpty())
                .map(
                        folder -> "folder " + folder
                                + " holds no script: put a .ts or .js file directly in it (names that begin with _ or . do not count)")
                .toList();
    }

    /** For the start-up log; secrets masked. */
    public String summary() {
        return "backend=" + backend + " database=" + maskUrl(database.url) + " node=" + node.name + " http=" + http.host
                + ":" + http.port + (http.token == null ? "" : " token=****") + " scripts="
                + scripts.stream().map(source -> source.path.toString()).toList() + " history.keep="
                + Durations.words(history.keep) + " history.keep-runs-per-job=" + history.keepRunsPerJob;
    }

    private static String maskUrl(String url) {
        return url.replaceAll("(?i)(password=)[^&;]*", "$1****").replaceAll("(//[^/:@]+:)[^@/]*@", "$1****@");
    }
}
