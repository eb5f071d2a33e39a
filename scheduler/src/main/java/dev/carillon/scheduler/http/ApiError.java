package dev.carillon.scheduler.http;

import org.jspecify.annotations.Nullable;

/** A request that cannot be answered as asked: HTTP status, a code for programs, a sentence, and the way out. */
final class ApiError extends RuntimeException {
    private final int status;
    private final String code;
    private final @Nullable String hint;

    ApiError(int status, String code, String message, @Nullable String hint) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.hint = hint;
    }

    int status() {
        return status;
    }

    Body body() {
        return new Body(new Detail(code, String.valueOf(getMessage()), hint));
    }

    record Body(Detail error) {}

    record Detail(String code, String message, @Nullable String hint) {}
}
