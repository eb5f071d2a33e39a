package dev.carillon.scheduler.quartz;

import java.time.Duration;

/** What a node may do with the clock it has; how far that is off is measured against the database at each check-in. */
enum ClockVerdict {
    GOOD,
    /** Worth a warning. */
    OFF,
    /** It would start what is not due, or leave what is: it claims nothing. */
    WRONG;

    /** @param offset in either direction */
    static ClockVerdict of(Duration offset, Duration warn, Duration refuse) {
        var off = offset.abs();
        return off.compareTo(refuse) > 0 ? WRONG : off.compareTo(warn) > 0 ? OFF : GOOD;
    }
}
