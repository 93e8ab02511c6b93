package org.pgpitr.storage.retry;

import dev.failsafe.ExecutionContext;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/** Runs a call again and again as a policy allows. */
final class Attempts {
    private static final double JITTER = 0.25;

    /** Not to be repeated, although it is retryable. */
    private static final class OutOfTime extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final StorageException failure;

        OutOfTime(StorageException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private final RetryPolicy policy;
    private final FailsafeExecutor<Object> executor;

    Attempts(RetryPolicy policy) {
        this.policy = policy;
        // Without the library's own time limit: it shortens the last wait to what is left, and then asks in a rush.
        this.executor = Failsafe.with(dev.failsafe.RetryPolicy.builder()
                .handleIf(e -> e instanceof StorageException failure && failure.isRetryable())
                .withMaxAttempts(policy.attempts())
                .withBackoff(policy.firstDelay(), policy.longestDelay())
                .withJitter(JITTER)
                .build());
    }

    <T> T run(Supplier<T> call) {
        AtomicInteger attempts = new AtomicInteger();
        try {
            return executor.get(context -> attempt(call, context, attempts.incrementAndGet()));
        } catch (OutOfTime e) {
            throw givenUp(e.failure, attempts.get());
        } catch (StorageException e) {
            throw e.isRetryable() ? givenUp(e, attempts.get()) : e;
        } catch (FailsafeException e) {
            // The only checked exception there can be: interrupted while waiting for the next attempt.
            Thread.currentThread().interrupt();
            throw new StorageException(
                    Kind.INTERRUPTED, "interrupted after " + attempts + " attempts to reach the store", e);
        }
    }

    private <T> T attempt(Supplier<T> call, ExecutionContext<T> context, int number) {
        try {
            return call.get();
        } catch (StorageException e) {
            Duration next = context.getElapsedTime().plus(policy.delayAfter(number));
            throw e.isRetryable() && next.compareTo(policy.timeLimit()) > 0 ? new OutOfTime(e) : e;
        }
    }

    private static StorageException givenUp(StorageException last, int attempts) {
        return attempts == 1
                ? last
                : new StorageException(
                        last.kind(),
                        last.getMessage() + " (gave up after " + attempts + " attempts)",
                        last.hint().orElse(null),
                        last);
    }
}
