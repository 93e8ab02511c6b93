package org.pgpitr.storage.s3;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.Refusal;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Looks at objects that were not deleted, several at a time: whether they are there at all, and what keeps them. */
final class S3Refusals {
    static final int AT_A_TIME = 16;

    private final Function<ObjectKey, Optional<HeadObjectResponse>> look;
    private final S3Errors errors;

    S3Refusals(Function<ObjectKey, Optional<HeadObjectResponse>> look, S3Errors errors) {
        this.look = look;
        this.errors = errors;
    }

    /**
     * Why each of them is still there; without those that are gone.
     *
     * @param refused code and message by object
     */
    Map<ObjectKey, Refusal> of(Map<ObjectKey, String> refused) {
        if (refused.isEmpty()) {
            return Map.of();
        }
        Map<ObjectKey, Refusal> left = new LinkedHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_A_TIME, refused.size()), work -> {
            Thread thread = new Thread(work, "s3-refusals");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<ObjectKey, Future<Optional<Refusal>>> looks = new LinkedHashMap<>();
            refused.forEach((key, said) ->
                    looks.put(key, threads.submit(() -> look.apply(key).map(object -> S3Lock.refusal(said, object)))));
            looks.forEach((key, future) -> result(key, future).ifPresent(refusal -> left.put(key, refusal)));
        } finally {
            threads.shutdownNow();
        }
        return left;
    }

    private Optional<Refusal> result(ObjectKey key, Future<Optional<Refusal>> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw errors.failure(Kind.INTERRUPTED, "look up " + key, "interrupted", null, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException known) {
                throw known;
            }
            throw new IllegalStateException("looking up " + key, e.getCause());
        }
    }
}
