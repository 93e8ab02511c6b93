package org.pgpitr.storage.retry;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/** Runs a call again and again as a policy allows. */
final class Attempts {
    private static final double JITTER = 0.25;

    private final FailsafeExecutor<Object> executor;

    Attempts(RetryPolicy policy) {
        this.executor = Failsafe.with(dev.failsafe.RetryPolicy.builder()
                .handleIf(e -> e instanceof StorageException failure && failure.isRetryable())
                .withMaxAttempts(policy.attempts())
                .withMaxDuration(policy.timeLimit())
                .withBackoff(policy.firstDelay(), policy.longestDelay())
                .withJitter(JITTER)
                .build());
    }

    <T> T run(Supplier<T> call) {
        AtomicInteger attempts = new AtomicInteger();
        try {
            return executor.get(() -> {
                attempts.incrementAndGet();
                return call.get();
            });
        } catch (StorageException e) {
            if (!e.isRetryable() || attempts.get() == 1) {
                throw e;
            }
            throw new StorageException(
                    e.kind(),
                    e.getMessage() + " (gave up after " + attempts + " attempts)",
                    e.hint().orElse(null),
                    e);
        } catch (FailsafeException e) {
            // The only checked exception there can be: interrupted while waiting for the next attempt.
            Thread.currentThread().interrupt();
            throw new StorageException(
                    Kind.INTERRUPTED, "interrupted after " + attempts + " attempts to reach the store", e);
        }
    }
}
