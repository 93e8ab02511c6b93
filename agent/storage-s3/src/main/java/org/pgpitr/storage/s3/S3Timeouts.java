package org.pgpitr.storage.s3;

import java.time.Duration;

/**
 * When S3 counts as not answering.
 *
 * @param connect to open a connection, the TLS handshake apart
 * @param read without one byte received
 * @param call a whole call, for each 16 MiB of content begun; of a download only the waiting for the store counts, as
 *     its pace is the reader's
 */
public record S3Timeouts(Duration connect, Duration read, Duration call) {
    public S3Timeouts {
        if (connect.isZero()
                || connect.isNegative()
                || read.isZero()
                || read.isNegative()
                || call.compareTo(read) < 0) {
            throw new IllegalArgumentException(
                    "not timeouts for S3: connect " + connect + ", read " + read + ", call " + call);
        }
    }

    public static S3Timeouts standard() {
        return new S3Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2));
    }
}
