package org.pgpitr.cli.terminal;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * The system's clock and zone. The zone is looked up when it is asked for: Java searches the whole class path for the
 * rules of zones, which takes a fifth of the time of a hook, and a hook needs none.
 */
final class LocalClock extends Clock {
    @Override
    public ZoneId getZone() {
        return ZoneId.systemDefault();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.system(zone);
    }

    @Override
    public Instant instant() {
        return Instant.now();
    }
}
