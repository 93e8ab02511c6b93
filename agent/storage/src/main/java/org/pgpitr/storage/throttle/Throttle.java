package org.pgpitr.storage.throttle;

import io.github.bucket4j.BlockingBucket;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.OptionalLong;

/** Lets so many bytes pass in a second, over all threads; up to a second's worth at once. */
final class Throttle {
    /** As fast as a bucket can fill, and faster than any store: no limit. */
    private static final long HIGHEST = 1_000_000_000;

    private final long bytesPerSecond;
    private final BlockingBucket bucket;
    private final BlockingStrategy waiting;

    Throttle(OptionalLong bytesPerSecond, TimeMeter time, BlockingStrategy waiting) {
        this.bytesPerSecond = bytesPerSecond.orElse(0);
        this.waiting = waiting;
        this.bucket = bytesPerSecond.orElse(HIGHEST) >= HIGHEST
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(this.bytesPerSecond)
                                .refillGreedy(this.bytesPerSecond, Duration.ofSeconds(1)))
                        .withCustomTimePrecision(time)
                        .build()
                        .asBlocking();
    }

    /** Waits until that many bytes may pass. */
    void pass(long bytes) throws InterruptedException {
        for (long left = bytes; bucket != null && left > 0; ) {
            long now = Math.min(left, bytesPerSecond);
            bucket.consume(now, waiting);
            left -= now;
        }
    }
}
