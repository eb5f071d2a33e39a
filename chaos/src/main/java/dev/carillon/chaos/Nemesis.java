package dev.carillon.chaos;

/** What can be done to a cluster. */
enum Nemesis {
    KILL("kill -9"),
    PAUSE("SIGSTOP past detection"),
    CUT("connection cut"),
    RESET("connections reset"),
    SLOW("slow database"),
    CLOCK("clock offset"),
    DATABASE_RESTART("database restart"),
    CONNECTIONS_TAKEN("no connections left"),
    POOL_EXHAUSTED("exhausted pool"),
    ROLLING_RESTART("rolling restart"),
    EDIT("script edited"),
    PAUSE_JOBS("jobs paused");

    private final String words;

    Nemesis(String words) {
        this.words = words;
    }

    /** As reports call it. */
    String words() {
        return words;
    }
}
