package dev.carillon.scheduler.quartz;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Logger;

/**
 * Takes the place of a process's database driver and lets its connections break where it hurts: on connecting, just
 * before a commit, and just after one, when the caller is told of a failure although everything is written. A statement
 * outside a transaction is a commit too.
 */
final class FaultyDriver implements Driver {
    private static volatile double probability;

    private final Driver driver;

    private FaultyDriver(Driver driver) {
        this.driver = driver;
    }

    /** From now on this process's connections to {@code url} can break. */
    static void install(String url) throws SQLException {
        var real = DriverManager.getDriver(url);
        DriverManager.deregisterDriver(real);
        DriverManager.registerDriver(new FaultyDriver(real));
    }

    /** How likely each connect and each side of a commit fails. */
    static void probability(double value) {
        probability = value;
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        fail("connecting");
        var connection = driver.connect(url, info);
        return connection == null ? null : faulty(connection);
    }

    private static void fail(String when) throws SQLException {
        if (ThreadLocalRandom.current().nextDouble() < probability) {
            throw new SQLException("injected when " + when, "08006");
        }
    }

    private static Connection faulty(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "commit" -> committing(connection, connection, method, arguments);
            case "prepareStatement" ->
                faulty(PreparedStatement.class, (PreparedStatement) call(connection, method, arguments), connection);
            case "createStatement" ->
                faulty(Statement.class, (Statement) call(connection, method, arguments), connection);
            default -> call(connection, method, arguments);
        });
    }

    private static <T extends Statement> T faulty(Class<T> type, T statement, Connection connection) {
        return proxy(
                type,
                (proxy, method, arguments) -> method.getName().startsWith("execute") && connection.getAutoCommit()
                        ? committing(connection, statement, method, arguments)
                        : call(statement, method, arguments));
    }

    private static Object committing(
            Connection connection, Object target, java.lang.reflect.Method method, Object[] arguments)
            throws Throwable {
        try {
            fail("about to commit");
            var result = call(target, method, arguments);
            fail("told of a commit");
            return result;
        } catch (SQLException e) {
            connection.close(); // what is broken stays broken, and the server rolls back
            throw e;
        }
    }

    private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(FaultyDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return driver.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return driver.getPropertyInfo(url, info);
    }

    @Override
    public int getMajorVersion() {
        return driver.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return driver.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return driver.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return driver.getParentLogger();
    }
}
