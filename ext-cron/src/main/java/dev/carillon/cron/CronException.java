package dev.carillon.cron;

import dev.carillon.runtime.JsVisibleException;

/** A cron that cannot be registered; guest code sees a TypeError. */
public class CronException extends JsVisibleException {
    public CronException(String message) {
        super("TypeError", message);
    }
}
