package dev.carillon.chaos;

import java.io.IOException;

/** The files that come with these classes. */
final class Resources {
    private Resources() {}

    static byte[] bytes(String name) throws IOException {
        try (var in = Resources.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("not on the class path: " + name);
            }
            return in.readAllBytes();
        }
    }
}
