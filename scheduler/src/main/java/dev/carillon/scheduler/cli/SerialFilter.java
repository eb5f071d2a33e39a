package dev.carillon.scheduler.cli;

import java.io.ObjectInputFilter;

/**
 * Nothing here reads serialized objects; Quartz could be made to, by a row somebody plants in its tables. So that
 * nothing but the platform's own classes can come of it, the process refuses all others, unless {@code
 * jdk.serialFilter} says otherwise.
 */
final class SerialFilter {
    static final ObjectInputFilter PLATFORM_ONLY =
            ObjectInputFilter.Config.createFilter("maxdepth=20;maxbytes=1048576;java.base/*;!*");

    private SerialFilter() {}

    static synchronized void install() {
        if (ObjectInputFilter.Config.getSerialFilter() == null) {
            ObjectInputFilter.Config.setSerialFilter(PLATFORM_ONLY);
        }
    }
}
