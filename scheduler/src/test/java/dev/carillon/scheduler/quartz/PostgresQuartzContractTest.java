package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresQuartzContractTest extends QuartzContract {
    private static EmbeddedPostgres server;
    private static int databases;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    Database database() throws Exception {
        var name = "q" + ++databases;
        try (var connection = server.getPostgresDatabase().getConnection();
                var create = connection.createStatement()) {
            create.execute("create database " + name);
        }
        return Database.open(new StoreConfig(server.getJdbcUrl("postgres", name)), "quartz", 10);
    }
}
