package org.pgpitr.storage.retry;

import java.util.Objects;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.StorageException;

/** One listing that goes on behind the last object shown, so that none is shown twice. */
final class RetryingListing {
    /** The visitor's own failure, which is no reason to list again. */
    private static final class VisitorFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final RuntimeException failure;

        VisitorFailure(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private final ObjectStore store;
    private final Attempts attempts;
    private final String prefix;
    private final ListVisitor visitor;
    private ObjectKey last;
    private Next next = Next.CONTINUE;

    RetryingListing(ObjectStore store, Attempts attempts, String prefix, ListVisitor visitor) {
        this.store = store;
        this.attempts = attempts;
        this.prefix = prefix;
        this.visitor = visitor;
    }

    void runAfter(ObjectKey after) {
        last = after;
        run();
    }

    void run() {
        try {
            while (!listed()) {
                // The policy's limits are for a store that does not answer, not for a long listing: as long as it
                // goes on, they begin anew.
            }
        } catch (VisitorFailure e) {
            throw e.failure;
        }
    }

    private boolean listed() {
        ObjectKey begin = last;
        try {
            return attempts.run(() -> {
                attempt();
                return true;
            });
        } catch (StorageException e) {
            if (!e.isRetryable() || Objects.equals(begin, last)) {
                throw e;
            }
            return false;
        }
    }

    private void attempt() {
        if (next == Next.STOP) {
            return;
        }
        if (last == null) {
            store.list(prefix, this::visit);
        } else {
            store.listAfter(prefix, last, this::visit);
        }
    }

    private Next visit(ObjectKey key, ObjectStat stat) {
        try {
            next = visitor.visit(key, stat);
            last = key;
            return next;
        } catch (RuntimeException e) {
            throw new VisitorFailure(e);
        }
    }
}
