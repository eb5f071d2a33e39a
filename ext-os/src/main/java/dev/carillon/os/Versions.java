package dev.carillon.os;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions a script is told, written by the build. */
final class Versions {
    static final String CARILLON;
    /** The Deno release whose behaviour is followed. */
    static final String DENO = "2.9.6";

    static final String ENGINE;
    static final String TYPESCRIPT;

    static {
        var properties = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
            if (in == null) {
                throw new IllegalStateException("versions.properties is missing from the jar of ext-os");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CARILLON = properties.getProperty("carillon");
        ENGINE = properties.getProperty("engine");
        TYPESCRIPT = properties.getProperty("typescript");
    }

    private Versions() {}
}
