package org.pgpitr.storage.throttle;

import java.util.OptionalLong;

/**
 * How fast bytes may go.
 *
 * @param upload bytes per second; empty: without limit
 * @param download bytes per second; empty: without limit
 */
public record TransferLimits(OptionalLong upload, OptionalLong download) {
    public TransferLimits {
        if (upload.orElse(1) < 1 || download.orElse(1) < 1) {
            throw new IllegalArgumentException("not a number of bytes per second: " + upload + ", " + download);
        }
    }
}
