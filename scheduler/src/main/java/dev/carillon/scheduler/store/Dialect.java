package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.StoreException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What differs between the databases we serve. */
enum Dialect {
    /**
     * Embedded, one process, a file. The URL is completed with what durability needs (H2's default loses about half a
     * second of acknowledged commits at kill -9) and may not say otherwise.
     */
    H2 {
        @Override
        String complete(StoreConfig config) {
            var parts = config.url().split(";");
            if (!parts[0].startsWith("jdbc:h2:file:")) {
                throw badUrl(
                        config,
                        "an H2 database of ours is a file: '" + config.shownUrl() + "'",
                        "write jdbc:h2:file:<path>");
            }
            if (parts[0].length() == "jdbc:h2:file:".length()) {
                throw badUrl(config, "the database URL names no file", "write jdbc:h2:file:./.carillon/carillon");
            }
            var options = new LinkedHashMap<String, String>(REQUIRED);
            for (int i = 1; i < parts.length; i++) {
                int equals = parts[i].indexOf('=');
                var key = (equals < 0 ? parts[i] : parts[i].substring(0, equals))
                        .strip()
                        .toUpperCase(Locale.ROOT);
                var value = equals < 0 ? "" : parts[i].substring(equals + 1).strip();
                var required = REQUIRED.get(key);
                if (required != null && !required.equalsIgnoreCase(value)) {
                    throw badUrl(
                            config,
                            "the database URL says " + key + "=" + value + ", which can lose runs: only " + required
                                    + " is safe",
                            "leave " + key + " out");
                }
                if (required == null && !ALLOWED.contains(key)) {
                    throw badUrl(
                            config,
                            "the database URL has the option " + key + ", which is not known to be safe",
                            "leave it out; allowed are "
                                    + String.join(
                                            ", ", ALLOWED.stream().sorted().toList()));
                }
                options.put(key, value);
            }
            // H2 writes errors to a file of its own, and their stacks to the terminal where it cannot; we tell them.
            options.putIfAbsent("TRACE_LEVEL_FILE", "0");
            var url = new StringBuilder(parts[0]);
            options.forEach(
                    (key, value) -> url.append(';').append(key).append('=').append(value));
            return url.toString();
        }

        @Override
        String upsertJob() {
            return "merge into job using (values (cast(? as varchar), cast(? as varchar), cast(? as varchar),"
                    + " cast(? as varchar), cast(? as varchar), cast(? as bigint)))"
                    + " as saved (script, name, schedule, backoff, state, since_at)"
                    + " on job.script = saved.script and job.name = saved.name"
                    + " when matched then update set schedule = saved.schedule, backoff = saved.backoff,"
                    + " state = case when job.state = 'retired' then saved.state else job.state end,"
                    + " since_at = saved.since_at"
                    + " when not matched then insert (script, name, schedule, backoff, state, since_at) values"
                    + " (saved.script, saved.name, saved.schedule, saved.backoff, saved.state, saved.since_at)";
        }

        @Override
        String upsertNode() {
            return "merge into node (name, started_at, last_seen_at, stopped, version, backend, lost_at, lost_to)"
                    + " key (name) values (?, ?, ?, ?, ?, ?, null, null)";
        }

        @Override
        String clockMillis() {
            return "select datediff(millisecond, timestamp with time zone '1970-01-01 00:00:00+00', current_timestamp)";
        }

        @Override
        Map<String, String> placeholders() {
            return Map.of("id_type", "varchar(26)", "churn", "", "bytes", "varbinary(1000000)");
        }

        @Override
        List<String> migrations() {
            return List.of(MIGRATIONS, MIGRATIONS + "-h2");
        }

        @Override
        boolean isShared() {
            return false;
        }
    },

    /** A server, any number of processes. */
    POSTGRESQL {
        @Override
        String complete(StoreConfig config) {
            return config.url();
        }

        @Override
        String insertIfAbsent(String insert) {
            return insert + " on conflict do nothing";
        }

        @Override
        String upsertJob() {
            return "insert into job (script, name, schedule, backoff, state, since_at) values (?, ?, ?, ?, ?, ?)"
                    + " on conflict (script, name) do update set schedule = excluded.schedule,"
                    + " backoff = excluded.backoff, since_at = excluded.since_at,"
                    + " state = case when job.state = 'retired' then excluded.state else job.state end";
        }

        @Override
        String upsertNode() {
            return "insert into node (name, started_at, last_seen_at, stopped, version, backend)"
                    + " values (?, ?, ?, ?, ?, ?) on conflict (name) do update set started_at = excluded.started_at,"
                    + " last_seen_at = excluded.last_seen_at, stopped = excluded.stopped,"
                    + " version = excluded.version, backend = excluded.backend, lost_at = null, lost_to = null";
        }

        @Override
        String clockMillis() {
            return "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
        }

        @Override
        Map<String, String> placeholders() {
            // Ids are compared byte by byte; a locale's collation would be slower and could differ between servers.
            return Map.of("id_type", "varchar(26) collate \"C\"", "churn", " with (fillfactor = 80)", "bytes", "bytea");
        }

        @Override
        String deadlineInTransaction(int millis) {
            return "set idle_in_transaction_session_timeout = '" + millis + "ms'";
        }

        @Override
        String isReadOnly() {
            return "select current_setting('transaction_read_only') = 'on'";
        }

        @Override
        PreparedStatement latestAttempts(Connection connection, List<String> runs) throws SQLException {
            var select = connection.prepareStatement("select id, attempt from run where id = any (?) for share");
            select.setArray(1, connection.createArrayOf("varchar", runs.toArray()));
            return select;
        }

        @Override
        SessionLock sessionLock() {
            return new SessionLock(
                    // A process whose machine is gone sends no farewell: the server finds out after some eight seconds.
                    List.of(
                            "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3"),
                    "select pg_try_advisory_lock(hashtextextended(?, 4711)), pg_backend_pid()",
                    "select pid from pg_locks where locktype = 'advisory'"
                            + " and ((classid::bigint << 32) | objid::bigint) = hashtextextended(?, 4711)",
                    "select pg_terminate_backend(?)",
                    "select pg_advisory_unlock_all()");
        }
    },

    /**
     * A server, any number of processes; 10.6 or newer. It has no bell: nodes hear of each other's changes when they next
     * look. Its driver is not shipped, and it has been through the handler's contract only, not through the chaos runs.
     */
    MARIADB {
        @Override
        String complete(StoreConfig config) {
            try {
                DriverManager.getDriver(config.url());
            } catch (SQLException e) {
                throw badUrl(
                        config,
                        "there is no driver for '" + config.shownUrl() + "'",
                        "put the jar of mariadb-java-client, whose licence is not ours, into the folder lib");
            }
            return config.url();
        }

        @Override
        String insertIfAbsent(String insert) {
            return insert.replaceFirst("^insert ", "insert ignore ");
        }

        @Override
        String upsertJob() {
            return "insert into job (script, name, schedule, backoff, state, since_at) values (?, ?, ?, ?, ?, ?)"
                    + " on duplicate key update schedule = value(schedule), backoff = value(backoff),"
                    + " since_at = value(since_at), state = if(state = 'retired', value(state), state)";
        }

        @Override
        String upsertNode() {
            return "insert into node (name, started_at, last_seen_at, stopped, version, backend)"
                    + " values (?, ?, ?, ?, ?, ?) on duplicate key update started_at = value(started_at),"
                    + " last_seen_at = value(last_seen_at), stopped = value(stopped), version = value(version),"
                    + " backend = value(backend), lost_at = null, lost_to = null";
        }

        @Override
        String clockMillis() {
            return "select cast(unix_timestamp(sysdate(3)) * 1000 as unsigned)";
        }

        @Override
        Map<String, String> placeholders() {
            return Map.of();
        }

        @Override
        List<String> migrations() {
            return List.of(MIGRATIONS + "-mariadb");
        }

        @Override
        String deadlineInTransaction(int millis) {
            return "set idle_transaction_timeout = " + Math.max(1, millis / 1_000);
        }

        @Override
        String isReadOnly() {
            return "select @@read_only";
        }

        @Override
        PreparedStatement latestAttempts(Connection connection, List<String> runs) throws SQLException {
            var select = connection.prepareStatement(
                    "select id, attempt from run where id in (" + Database.marks(runs.size()) + ") lock in share mode");
            for (int i = 0; i < runs.size(); i++) {
                select.setString(i + 1, runs.get(i));
            }
            return select;
        }

        @Override
        SessionLock sessionLock() {
            // A lock is the whole server's, and its name has 64 characters at most.
            var lock = "concat('carillon/', sha1(concat(database(), '/', ?)))";
            return new SessionLock(
                    List.of(),
                    "select get_lock(" + lock + ", 0), connection_id()",
                    "select is_used_lock(" + lock + ")",
                    "kill ?",
                    "do release_all_locks()");
        }
    };

    private static final String MIGRATIONS = "classpath:dev/carillon/scheduler/store/migrations";

    private static final Map<String, String> REQUIRED =
            Map.of("WRITE_DELAY", "0", "LOCK_TIMEOUT", "10000", "DB_CLOSE_ON_EXIT", "FALSE");

    private static final Set<String> ALLOWED = Set.of(
            "CACHE_SIZE", "CIPHER", "IFEXISTS", "MAX_COMPACT_TIME", "TRACE_LEVEL_FILE", "TRACE_LEVEL_SYSTEM_OUT");

    /** @throws StoreException {@link StoreException.Code#BAD_URL} */
    static Dialect of(StoreConfig config) {
        if (config.url().startsWith("jdbc:h2:")) {
            return H2;
        }
        if (config.url().startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        if (config.url().startsWith("jdbc:mariadb:")) {
            return MARIADB;
        }
        throw badUrl(
                config,
                "no database of ours: '" + config.shownUrl() + "'",
                "use jdbc:h2:file:<path> or jdbc:postgresql://<host>/<database>");
    }

    /** The URL to connect with. */
    abstract String complete(StoreConfig config);

    /** Several processes may work on it at a time. */
    boolean isShared() {
        return true;
    }

    /** {@code insert} so that an existing key makes it do nothing; unchanged where the writer must look first. */
    String insertIfAbsent(String insert) {
        return insert;
    }

    /** Of a job that is known the state stays, unless it was retired: another node may have been asked to pause it. */
    abstract String upsertJob();

    abstract String upsertNode();

    /** Query for the database's own clock. */
    abstract String clockMillis();

    abstract Map<String, String> placeholders();

    /** Where its migrations are on the class path. */
    List<String> migrations() {
        return List.of(MIGRATIONS);
    }

    /** Statement after which the server ends a session that is idle within a transaction for longer. */
    String deadlineInTransaction(int millis) {
        throw hasOneProcess();
    }

    /** Query for whether nothing can be written. */
    String isReadOnly() {
        throw hasOneProcess();
    }

    /** Query for id and latest attempt of {@code runs}, which nobody may move on before this transaction ends. */
    PreparedStatement latestAttempts(Connection connection, List<String> runs) throws SQLException {
        throw hasOneProcess();
    }

    /** A lock on a name for as long as a session lives. */
    SessionLock sessionLock() {
        throw hasOneProcess();
    }

    /** The above is asked only of a database that {@link #isShared}. */
    private UnsupportedOperationException hasOneProcess() {
        return new UnsupportedOperationException(this + " serves one process");
    }

    static StoreException badUrl(StoreConfig config, String message, String hint) {
        return new StoreException(StoreException.Code.BAD_URL, message, hint, null);
    }
}
