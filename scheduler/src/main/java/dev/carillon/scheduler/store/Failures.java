package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.run.StoreException.Code;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Database errors in words of ours. */
final class Failures {
    private static final int H2_LOCKED = 90020;
    private static final int H2_CORRUPT = 90030;
    private static final int H2_WRONG_FORMAT = 90048;
    private static final int H2_READ_ONLY = 90097;
    private static final int H2_IO = 90028;
    private static final int H2_IO_2 = 90031;
    private static final int H2_NO_SPACE_OR_ROLLED_BACK = 90130;
    private static final int MARIADB_UNKNOWN_DATABASE = 1049;
    private static final int MARIADB_DISK_FULL = 1021;
    private static final int MARIADB_LOCK_WAIT = 1205;
    private static final String IDLE_IN_TRANSACTION = "25P03"; // the process was away for longer than the server waits
    private static final Set<String> CONFLICTS = Set.of("23505", "23000");

    private Failures() {}

    static StoreException explain(StoreConfig config, @Nullable SQLException e) {
        var where = "'" + config.shownUrl() + "'";
        if (e == null) {
            return new StoreException(
                    Code.UNREACHABLE, "the database " + where + " cannot be opened", "check the URL", null);
        }
        if (causes(e).contains("No space left")) { // H2 has several codes for it, one of them its most general
            return full(where, e);
        }
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (e.getErrorCode()) {
            case H2_LOCKED ->
                new StoreException(
                        Code.LOCKED,
                        "the database " + where + " is open in another process",
                        "stop the other service, or give this one a database of its own",
                        e);
            case H2_CORRUPT, H2_WRONG_FORMAT ->
                new StoreException(
                        Code.CORRUPT,
                        "the file of the database " + where + " is damaged or not one of H2's",
                        "restore it from a copy, or move it away to begin anew",
                        e);
            case H2_READ_ONLY -> readOnly(where, e);
            case H2_IO, H2_IO_2, H2_NO_SPACE_OR_ROLLED_BACK -> io(where, e);
            case MARIADB_UNKNOWN_DATABASE -> byState(where, "3D000", e);
            case MARIADB_DISK_FULL -> byState(where, "53100", e);
            default -> byState(where, state, e);
        };
    }

    private static StoreException byState(String where, String state, SQLException e) {
        return switch (state) {
            case "28000", "28P01" ->
                new StoreException(
                        Code.WRONG_PASSWORD,
                        "the database " + where + " refuses user and password",
                        "check database.user and database.password",
                        e);
            case "3D000" ->
                new StoreException(
                        Code.UNREACHABLE,
                        "the server knows no such database: " + where,
                        "create it, or correct the URL",
                        e);
            case "25006" -> readOnly(where, e);
            case "42501" ->
                new StoreException(
                        Code.READ_ONLY,
                        "the user may not write to the database " + where + ": " + line(e),
                        "grant it the right to create the schema '" + Database.SCHEMA + "' and use it",
                        e);
            case "53100" -> full(where, e);
            case "08001", "08004", "08006", "57P03", "57P01" ->
                new StoreException(
                        Code.UNREACHABLE,
                        "the database " + where + " does not answer: " + line(e),
                        "start it, or correct the URL",
                        e);
            default ->
                new StoreException(
                        Code.FAILED, "the database " + where + " failed: " + line(e), "see the cause in the log", e);
        };
    }

    /** Worth the same try again: the connection or a lock, not the statement. */
    static boolean isTransient(SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        return state.startsWith("08")
                || state.startsWith("57P")
                || state.equals(IDLE_IN_TRANSACTION)
                || state.equals("40001")
                || state.equals("40P01")
                || state.equals("HYT00")
                || e.getErrorCode() == MARIADB_LOCK_WAIT
                || e instanceof java.sql.SQLTransientException
                || e instanceof java.sql.SQLRecoverableException;
    }

    /** The server has undone the whole transaction for certain: this process was away, or waited in a circle. */
    static boolean isUndone(SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        return state.equals(IDLE_IN_TRANSACTION) || state.equals("40001") || state.equals("40P01");
    }

    static boolean isConflict(SQLException e) {
        return CONFLICTS.contains(e.getSQLState());
    }

    static @Nullable SQLException sqlCause(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    static StoreException readOnly(StoreConfig config) {
        return new StoreException(
                Code.READ_ONLY,
                "the database '" + config.shownUrl() + "' is read-only",
                "name the primary server, or allow this user to write",
                null);
    }

    private static StoreException readOnly(String where, SQLException e) {
        return new StoreException(
                Code.READ_ONLY,
                "the database " + where + " is read-only",
                "give this user the right to write to the file and its folder",
                e);
    }

    private static StoreException full(String where, SQLException e) {
        return new StoreException(Code.FULL, "the disk of the database " + where + " is full", "make room", e);
    }

    private static StoreException io(String where, SQLException e) {
        var text = causes(e);
        if (text.contains("AccessDenied") || text.contains("Permission denied") || text.contains("Read-only")) {
            return readOnly(where, e);
        }
        return new StoreException(
                Code.UNREACHABLE,
                "the file of the database " + where + " cannot be used: " + line(e),
                "check the path and the rights of its folder",
                e);
    }

    private static String causes(Throwable e) {
        var text = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            text.append(cause).append('\n');
        }
        return text.toString();
    }

    private static String line(SQLException e) {
        var message = e.getMessage();
        return message == null ? "no reason given" : message.lines().findFirst().orElse("no reason given");
    }
}
