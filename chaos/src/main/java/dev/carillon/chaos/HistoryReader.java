package dev.carillon.chaos;

import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what the service's history tells, straight from its tables: the page shows no more than these. */
final class HistoryReader {
    private HistoryReader() {}

    static List<Recorded> read(String url) throws SQLException {
        try (var connection = DriverManager.getConnection(url + "&currentSchema=carillon");
                var statement = connection.createStatement()) {
            Map<String, List<Recorded.Attempt>> earlier = new HashMap<>();
            try (var rows = statement.executeQuery("select run, attempt, state, node, ended_at from attempt")) {
                while (rows.next()) {
                    earlier.computeIfAbsent(rows.getString("run"), key -> new ArrayList<>())
                            .add(attempt(rows));
                }
            }
            var history = new ArrayList<Recorded>();
            try (var rows = statement.executeQuery("""
                    select j.script || '/' || j.name as job_id, r.id as run, r.scheduled_at, r.state, r.reason, r.attempt,
                           r.node, r.started_at, r.ended_at
                    from run r join job j on j.num = r.job where r.trigger_kind = 'schedule'""")) {
                while (rows.next()) {
                    var attempts = new ArrayList<>(earlier.getOrDefault(rows.getString("run"), List.of()));
                    if (rows.getObject("started_at") != null) {
                        attempts.add(attempt(rows));
                    }
                    history.add(new Recorded(
                            rows.getString("job_id"),
                            Instant.ofEpochMilli(rows.getLong("scheduled_at")),
                            rows.getString("state"),
                            rows.getString("reason"),
                            attempts));
                }
            }
            return history;
        }
    }

    private static Recorded.Attempt attempt(ResultSet row) throws SQLException {
        var node = row.getString("node");
        return new Recorded.Attempt(
                row.getInt("attempt"),
                row.getInt("attempt"),
                node == null ? "" : node,
                row.getString("state"),
                instant(row, "ended_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long ms = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(ms);
    }
}
