package org.pgpitr.service.config;

import java.time.Duration;
import java.util.Optional;

/** {@code [stream]}; what each means stands in {@link ConfigKeys}. */
public record StreamSettings(
        boolean enabled, String slot, String applicationName, Duration interval, ByteSize size, boolean synchronous) {
    static StreamSettings from(SectionValues values) {
        return new StreamSettings(
                values.get(ConfigKeys.STREAM_ENABLED),
                values.get(ConfigKeys.STREAM_SLOT),
                values.get(ConfigKeys.STREAM_APPLICATION_NAME),
                values.get(ConfigKeys.STREAM_INTERVAL),
                values.get(ConfigKeys.STREAM_SIZE),
                values.get(ConfigKeys.STREAM_SYNCHRONOUS));
    }

    /** The slot of a receiver that is meant to run; empty if none is. */
    public Optional<String> slotInUse() {
        return enabled ? Optional.of(slot) : Optional.empty();
    }
}
