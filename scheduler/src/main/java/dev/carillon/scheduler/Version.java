package dev.carillon.scheduler;

/** Which Carillon this is. */
public final class Version {
    /** From the jar's manifest; {@code dev} when it runs from class files. */
    public static final String TEXT = read();

    private Version() {}

    private static String read() {
        var version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
