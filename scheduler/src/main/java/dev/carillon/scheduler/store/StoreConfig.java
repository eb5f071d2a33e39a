package dev.carillon.scheduler.store;

import org.jspecify.annotations.Nullable;

/**
 * Which database.
 *
 * @param url {@code jdbc:h2:file:…} or {@code jdbc:postgresql://…}; or {@code jdbc:mariadb://…}, with a driver of your own
 * @param user null for H2's own user, or when the URL names one
 */
public record StoreConfig(
        String url, @Nullable String user, @Nullable String password) {
    public StoreConfig(String url) {
        this(url, null, null);
    }

    /** Without the password; one inside the URL is masked too. */
    @Override
    public String toString() {
        return "StoreConfig[url=" + shownUrl() + ", user=" + user + ", password="
                + (password == null ? "none" : "(masked)") + "]";
    }

    /** The URL as it may be printed. */
    public String shownUrl() {
        return url.replaceAll("(?i)(password=)[^&;]*", "$1(masked)").replaceAll("//[^/@]*@", "//(masked)@");
    }
}
