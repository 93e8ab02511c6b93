package org.pgpitr.repository.find;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which events are wanted. A commit must be of the transaction and concern the table, if these are given; if kinds or
 * numbers of rows are given, one of them must hold; of a transaction that was read in part, it may.
 *
 * @param table only commits that concern it
 * @param xid only this transaction; of a number of 64 bits the lower 32 count
 * @param kinds of events
 * @param deletedOver commits that delete more rows
 * @param updatedOver commits that update more rows
 */
public record SearchFilter(
        Optional<TableName> table,
        OptionalLong xid,
        Set<Kind> kinds,
        OptionalLong deletedOver,
        OptionalLong updatedOver) {
    /** Kinds of events that can be asked for. */
    public enum Kind {
        /** Tables and databases dropped, tables truncated. */
        LOSSES,
        RESTORE_POINTS
    }

    public static final SearchFilter ALL = new SearchFilter(
            Optional.empty(), OptionalLong.empty(), Set.of(), OptionalLong.empty(), OptionalLong.empty());

    public SearchFilter {
        kinds = Set.copyOf(kinds);
    }

    /** Whether only some kinds of commits are wanted. */
    boolean isChoosy() {
        return !kinds.isEmpty() || deletedOver.isPresent() || updatedOver.isPresent();
    }

    /** Whether it can be told of most segments, without reading them, that they hold nothing that is wanted. */
    boolean isNarrow() {
        return isChoosy() || xid.isPresent();
    }

    /** Whether commits are wanted by how many rows they change. */
    boolean isOfRows() {
        return deletedOver.isPresent() || updatedOver.isPresent();
    }

    /** Whether no commit is wanted. */
    boolean isOfRestorePointsAlone() {
        return kinds.equals(Set.of(Kind.RESTORE_POINTS))
                && xid.isEmpty()
                && deletedOver.isEmpty()
                && updatedOver.isEmpty();
    }

    boolean wantsXid(long number) {
        return xid.isEmpty() || (xid.getAsLong() & 0xFFFF_FFFFL) == number;
    }
}
