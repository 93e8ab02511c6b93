package org.pgpitr.storage.retry;

import java.util.function.Supplier;
import org.pgpitr.storage.StorageException;

/** Remembers over the attempts of one call whether any of them may have taken effect although it failed. */
final class LostResponse {
    private boolean possible;

    <T> T watch(Supplier<T> attempt) {
        try {
            return attempt.get();
        } catch (StorageException e) {
            possible |= e.isRetryable();
            throw e;
        }
    }

    boolean isPossible() {
        return possible;
    }
}
