package dev.carillon.scheduler.run;

/**
 * Which cron of which script; as text {@code <script>/<cron name>}.
 *
 * @param script name of the script, may hold slashes
 * @param name the cron's name, holds none
 */
public record JobKey(String script, String name) implements Comparable<JobKey> {
    public JobKey {
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("a cron name holds no slash: '" + name + "'");
        }
    }

    /** @throws IllegalArgumentException if {@code id} has no slash between script and cron name */
    public static JobKey parse(String id) {
        int slash = id.lastIndexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a job: '" + id + "', expected <script>/<cron name>");
        }
        return new JobKey(id.substring(0, slash), id.substring(slash + 1));
    }

    /** {@code <script>/<cron name>}. */
    public String id() {
        return script + "/" + name;
    }

    @Override
    public int compareTo(JobKey other) {
        int byScript = script.compareTo(other.script);
        return byScript != 0 ? byScript : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return id();
    }
}
