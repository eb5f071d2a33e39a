package dev.carillon.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error guest code may catch: it surfaces as an instance of the JS class {@link #jsClass}, with this message and,
 * when set, an own {@code code} property. Ops throw it or complete exceptionally with it.
 */
public class JsVisibleException extends RuntimeException {
    private final String jsClass;
    private final @Nullable String code;
    private final transient Map<String, Object> properties = new LinkedHashMap<>();

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

    /**
     * Gives the guest's error a further own property, unless its class has one of that name.
     *
     * @param value null is not a value; a string, number, boolean, list or map is
     */
    public final JsVisibleException with(String property, Object value) {
        properties.put(property, value);
        return this;
    }

    /** What {@link #with} has added, in order, after {@code code}. */
    public final Map<String, Object> properties() {
        var all = new LinkedHashMap<String, Object>();
        if (code != null) {
            all.put("code", code);
        }
        all.putAll(properties);
        return all;
    }

    /** Errno name, or null. */
    public final @Nullable String code() {
        return code;
    }
}
