package dev.carillon.scheduler.store;

import java.nio.file.Path;

/** A process that opens a store, says so, and keeps it until it is killed. */
final class HoldFile {
    private HoldFile() {}

    public static void main(String[] args) throws Exception {
        var store = JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + Path.of(args[0])));
        System.out.println("open");
        System.in.read(); // never: the parent kills us
        store.close();
    }
}
