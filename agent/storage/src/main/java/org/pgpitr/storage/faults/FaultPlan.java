package org.pgpitr.storage.faults;

import java.util.EnumSet;
import java.util.Set;
import org.pgpitr.storage.StorageException;

/**
 * Which calls of a {@link FaultyStore} fail, and how. Counts calls from 1, over all threads and, if given to several
 * stores, over all of them.
 */
public final class FaultPlan {
    /** Where in a call the fault strikes. */
    public enum Moment {
        /** Nothing happened yet. */
        BEFORE,
        /** It took effect, but the caller is told that it failed: a lost response. */
        AFTER,
        /** A stream from open breaks in its middle, a listing after its first object, a delete after half of its keys. */
        MIDWAY
    }

    /** How many calls fail. */
    public enum Span {
        /** Only the one. */
        ONCE,
        /** That one, and each later one among those that the plan speaks of, in the same way. */
        EVERY_TIME,
        /** That one as chosen, and each later one, of any kind, before its effect: the store or the caller is gone. */
        FROM_THEN_ON
    }

    enum Fault {
        NONE,
        BEFORE,
        AFTER,
        MIDWAY
    }

    private final Set<StoreOperation> operations;
    private final long nth;
    private final Moment moment;
    private final Span span;
    private final StorageException.Kind kind;
    private long calls;
    private boolean struck;

    private FaultPlan(Set<StoreOperation> operations, long nth, Moment moment, Span span, StorageException.Kind kind) {
        this.operations = operations;
        this.nth = nth;
        this.moment = moment;
        this.span = span;
        this.kind = kind;
    }

    /** Nothing fails; the calls are counted. */
    public static FaultPlan none() {
        return new FaultPlan(
                EnumSet.allOf(StoreOperation.class), -1, Moment.BEFORE, Span.ONCE, StorageException.Kind.OTHER);
    }

    /** The n-th call of any kind fails once, retryably. */
    public static FaultPlan nth(long n, Moment moment) {
        return nth(EnumSet.allOf(StoreOperation.class), n, moment);
    }

    /** The n-th call among those of one kind fails once, retryably. */
    public static FaultPlan nth(StoreOperation operation, long n, Moment moment) {
        return nth(EnumSet.of(operation), n, moment);
    }

    private static FaultPlan nth(Set<StoreOperation> operations, long n, Moment moment) {
        if (n < 1) {
            throw new IllegalArgumentException("calls are counted from 1: " + n);
        }
        return new FaultPlan(operations, n, moment, Span.ONCE, StorageException.Kind.UNAVAILABLE);
    }

    /** The same plan, but with failures of this kind; only {@code UNAVAILABLE} is retryable. */
    public FaultPlan as(StorageException.Kind failureKind) {
        return new FaultPlan(operations, nth, moment, span, failureKind);
    }

    /** The same plan, but with this many failures. */
    public FaultPlan lasting(Span failures) {
        return new FaultPlan(operations, nth, moment, failures, kind);
    }

    /** How many calls (of the kind the plan speaks of) there were. */
    public synchronized long calls() {
        return calls;
    }

    /** Whether the fault has happened; false at the end of a run tells a sweep that it has seen every call. */
    public synchronized boolean struck() {
        return struck;
    }

    StorageException.Kind kind() {
        return kind;
    }

    synchronized Fault next(StoreOperation operation) {
        if (operations.contains(operation)) {
            calls++;
            if (calls == nth || struck && span == Span.EVERY_TIME) {
                struck = true;
                return Fault.valueOf(moment.name());
            }
        }
        return struck && span == Span.FROM_THEN_ON ? Fault.BEFORE : Fault.NONE;
    }
}
