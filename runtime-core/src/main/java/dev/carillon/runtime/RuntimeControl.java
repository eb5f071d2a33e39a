package dev.carillon.runtime;

/**
 * What ops may do to the runtime they run in. In {@link OpState} under this type.
 *
 * <p>Threads: runtime thread only.
 */
public interface RuntimeControl {
    /**
     * Ends the runtime with {@link JsRuntime.Exit.Exited}. Guest code gets no further: neither {@code catch} nor {@code
     * finally} runs. Does not return normally when guest code is on the stack.
     */
    void exit(int code);

    /** The code the runtime ends with when it drains; 0 unless set. */
    int exitCode();

    void exitCode(int code);

    /** The main module as it was asked for; empty before {@link JsRuntime#loadMain}. */
    String mainModule();
}
