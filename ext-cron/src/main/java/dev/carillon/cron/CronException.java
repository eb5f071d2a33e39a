package dev.carillon.cron;

import dev.carillon.runtime.JsVisibleException;

/** A cron that cannot be registered; guest code sees a TypeError with Deno's words. */
public class CronException extends JsVisibleException {
    public CronException(String message) {
        super("TypeError", message);
    }

    /** The registry is full. */
    public static CronException tooMany() {
        return new CronException("Too many crons");
    }

    /** The name belongs to a cron that is open. */
    public static CronException nameInUse() {
        return new CronException("Cron with this name already exists");
    }
}
