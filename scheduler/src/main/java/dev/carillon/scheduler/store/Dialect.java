package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.StoreException;
import java.util.LinkedHashMap;
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
            var url = new StringBuilder(parts[0]);
            options.forEach(
                    (key, value) -> url.append(';').append(key).append('=').append(value));
            return url.toString();
        }

        @Override
        String upsertJob() {
            return "merge into job (script, name, schedule, backoff, state, since_at) key (script, name)"
                    + " values (?, ?, ?, ?, ?, ?)";
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
    },

    /** A server, any number of processes. */
    POSTGRESQL {
        @Override
        String complete(StoreConfig config) {
            return config.url();
        }

        @Override
        String insertTail() {
            return " on conflict do nothing";
        }

        @Override
        String upsertJob() {
            return "insert into job (script, name, schedule, backoff, state, since_at) values (?, ?, ?, ?, ?, ?)"
                    + " on conflict (script, name) do update set schedule = excluded.schedule,"
                    + " backoff = excluded.backoff, state = excluded.state, since_at = excluded.since_at";
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
    };

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
        throw badUrl(
                config,
                "no database of ours: '" + config.shownUrl() + "'",
                "use jdbc:h2:file:<path> or jdbc:postgresql://<host>/<database>");
    }

    /** The URL to connect with. */
    abstract String complete(StoreConfig config);

    /** What makes an insert of an existing key do nothing; empty where the writer must look first. */
    String insertTail() {
        return "";
    }

    abstract String upsertJob();

    abstract String upsertNode();

    /** Query for the database's own clock. */
    abstract String clockMillis();

    abstract Map<String, String> placeholders();

    static StoreException badUrl(StoreConfig config, String message, String hint) {
        return new StoreException(StoreException.Code.BAD_URL, message, hint, null);
    }
}
