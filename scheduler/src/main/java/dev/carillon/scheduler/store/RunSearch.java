package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.Page;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One search through the runs, newest first.
 *
 * <p>Threads: one.
 */
final class RunSearch {
    /*
     * Every way through the table is a walk down one index, (job, id), (state, id) or (id), that stops at the page's
     * end; the cursor is the last id seen. A condition that spans several walks (some states, text in name or error)
     * is one walk each and a merge here, because neither database merges ordered index scans by itself. Text is looked
     * for in job names first, of which there are few, and then only in runs of the states that have an error.
     */
    private final Connection connection;
    private final RunQuery query;
    private final TreeMap<String, RunSummary> found = new TreeMap<>(Comparator.reverseOrder());

    RunSearch(Connection connection, RunQuery query) {
        this.connection = connection;
        this.query = query;
    }

    Page<RunSummary> page() throws SQLException {
        var jobs = query.job() == null ? null : numbers("id", query.job());
        if (query.q() == null || query.q().isBlank()) {
            walks(jobs, query.states(), null);
        } else {
            var text = query.q().strip().toLowerCase(Locale.ROOT);
            var named = numbers("text", text);
            if (jobs != null) {
                named = new ArrayList<>(named);
                named.retainAll(jobs);
            }
            walks(named, query.states(), null);
            walks(jobs, withError(), text);
        }
        var items = found.values().stream().limit(query.limit()).toList();
        boolean more = found.size() > query.limit();
        return new Page<>(items, more ? items.getLast().id() : null);
    }

    private Set<RunState> withError() {
        var states = EnumSet.copyOf(JdbcRunStore.withError());
        if (!query.states().isEmpty()) {
            states.retainAll(query.states());
        }
        return states;
    }

    /** One walk for each job or, when none is named, for each state. */
    private void walks(@Nullable List<Integer> jobs, Set<RunState> states, @Nullable String text) throws SQLException {
        if (jobs != null) {
            for (var job : jobs) {
                walk(job, states, text);
            }
        } else if (text != null || !states.isEmpty()) {
            for (var state : states) {
                walk(null, Set.of(state), text);
            }
        } else {
            walk(null, states, null);
        }
    }

    private void walk(@Nullable Integer job, Collection<RunState> states, @Nullable String text) throws SQLException {
        var sql = new StringBuilder(JdbcRunStore.summarySql()).append(" where 1 = 1");
        var arguments = new ArrayList<Object>();
        if (job != null) {
            sql.append(" and r.job = ?");
            arguments.add(job);
        }
        if (!states.isEmpty()) {
            sql.append(" and r.state in (").append(JdbcRunStore.words(states)).append(')');
        }
        if (query.from() != null) {
            sql.append(" and r.id >= ?");
            arguments.add(RunId.floor(query.from()));
        }
        if (query.to() != null) {
            sql.append(" and r.id < ?");
            arguments.add(RunId.floor(query.to()));
        }
        if (query.cursor() != null) {
            sql.append(" and r.id < ?");
            arguments.add(query.cursor());
        }
        if (text != null) {
            sql.append(" and lower(r.error) like ? escape '!'");
            arguments.add("%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%");
        }
        sql.append(" order by r.id desc fetch first ").append(query.limit() + 1).append(" rows only");
        try (var select = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < arguments.size(); i++) {
                select.setObject(i + 1, arguments.get(i));
            }
            for (var run : JdbcRunStore.summaries(select)) {
                found.put(run.id(), run);
            }
        }
    }

    /** Jobs with this id, or whose id holds this text. */
    private List<Integer> numbers(String by, String value) throws SQLException {
        var numbers = new ArrayList<Integer>();
        try (var select = connection.prepareStatement("select num, script, name from job");
                var rows = select.executeQuery()) {
            while (rows.next()) {
                var id = new JobKey(rows.getString(2), rows.getString(3)).id();
                if (by.equals("id")
                        ? id.equals(value)
                        : id.toLowerCase(Locale.ROOT).contains(value)) {
                    numbers.add(rows.getInt(1));
                }
            }
        }
        return numbers;
    }
}
