package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class H2QuartzContractTest extends QuartzContract {
    @TempDir
    Path folder;

    @Override
    Database database() {
        return Database.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("quartz")), "quartz", 10);
    }
}
