package dev.carillon.runtime;

import org.jspecify.annotations.Nullable;

/**
 * An error guest code may catch: it surfaces as an instance of the JS class {@link #jsClass}, with this message and,
 * when set, an own {@code code} property. Ops throw it or complete exceptionally with it.
 */
public class JsVisibleException extends RuntimeException {
    private final String jsClass;
    private final @Nullable String code;

    public JsVisibleException(String jsClass, String message) {
        this(jsClass, message, null, null);
    }

    /** @param code errno name such as {@code ENOENT}, or null for none */
    public JsVisibleException(String jsClass, String message, @Nullable String code, @Nullable Throwable cause) {
        super(message, cause);
        this.jsClass = jsClass;
        this.code = code;
    }

    public static JsVisibleException typeError(String message) {
        return new JsVisibleException("TypeError", message);
    }

    public static JsVisibleException badResource() {
        return new JsVisibleException("BadResource", "Bad resource ID");
    }

    /** Name under which the class is registered on the JS side: {@code TypeError}, {@code BadResource}, {@code NotCapable}… */
    public final String jsClass() {
        return jsClass;
    }

    /** Errno name, or null. */
    public final @Nullable String code() {
        return code;
    }
}
