package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RestorePoint;

/** Something that happened, and the targets around it. */
public sealed interface FoundEvent {
    /** When, by the server's clock. */
    Instant time();

    /** Where its record begins. */
    Lsn lsn();

    /** Recovers all that was before it, and not it. */
    RecoveryTarget.AtLsn before();

    /** Recovers it, and nothing behind it. */
    RecoveryTarget.AtLsn after();

    /**
     * A transaction's commit.
     *
     * @param xid of the top-level transaction, 32 bits
     * @param time when it committed
     * @param lsn where the commit record begins: PostgreSQL compares a target with this position
     * @param end behind the commit record
     * @param from where what can't be undone by leaving the commit out begins: the commit record itself, but for a
     *     dropped database, whose files go before the commit
     * @param preparedAs the global identifier of a prepared transaction
     * @param reading whether all of it was read
     * @param databases that came or went
     * @param relations that it changed, the losses first; of one that was {@linkplain #told cut short} not all
     * @param totals of all relations that it changed
     */
    record Commit(
            long xid,
            Instant time,
            Lsn lsn,
            Lsn end,
            Lsn from,
            Optional<String> preparedAs,
            Reading reading,
            List<DatabaseEffect> databases,
            List<RelationEffect> relations,
            Totals totals)
            implements FoundEvent {
        /** So many relations are told of one commit. */
        public static final int MOST_RELATIONS = 200;

        public Commit {
            databases = List.copyOf(databases);
            relations = List.copyOf(relations);
        }

        /** How much of a transaction was read. */
        public enum Reading {
            WHOLE,
            /** It may have begun before the WAL that was read: there may be more than is told. */
            MAYBE_PARTLY
        }

        /**
         * Some relations, counted.
         *
         * @param relations how many there are
         * @param losses how many of them were dropped or truncated
         * @param rows of all of them
         */
        public record Totals(int relations, int losses, RowCounts rows) {
            static Totals of(List<RelationEffect> relations) {
                return new Totals(
                        relations.size(),
                        (int) relations.stream().filter(RelationEffect::isLoss).count(),
                        relations.stream().map(RelationEffect::rows).reduce(RowCounts.NONE, RowCounts::and));
            }
        }

        /** Whether a database was dropped, or a table dropped or truncated. */
        public boolean isLoss() {
            return databases.stream().anyMatch(each -> each.fate() == DatabaseEffect.Fate.DROPPED)
                    || totals.losses() > 0;
        }

        /** How many relations were left out of {@link #relations()}. */
        public int moreRelations() {
            return totals.relations() - relations.size();
        }

        /**
         * The same with {@link #MOST_RELATIONS} relations at most.
         *
         * @param wanted these are told before others
         */
        Commit told(Predicate<RelationEffect> wanted) {
            return relations.size() <= MOST_RELATIONS
                    ? this
                    : new Commit(
                            xid,
                            time,
                            lsn,
                            end,
                            from,
                            preparedAs,
                            reading,
                            databases,
                            relations.stream()
                                    .sorted(Comparator.comparing(each -> !wanted.test(each)))
                                    .limit(MOST_RELATIONS)
                                    .toList(),
                            totals);
        }

        @Override
        public RecoveryTarget.AtLsn before() {
            return new RecoveryTarget.AtLsn(from, Bound.EXCLUSIVE);
        }

        @Override
        public RecoveryTarget.AtLsn after() {
            return new RecoveryTarget.AtLsn(lsn, Bound.INCLUSIVE);
        }
    }

    /**
     * A restore point.
     *
     * @param point its name and time, and where its record ends
     * @param lsn where its record begins
     */
    record Named(RestorePoint point, Lsn lsn) implements FoundEvent {
        @Override
        public Instant time() {
            return point.time();
        }

        /** A restore point changes nothing. */
        @Override
        public RecoveryTarget.AtLsn before() {
            return new RecoveryTarget.AtLsn(lsn, Bound.EXCLUSIVE);
        }

        /** By position: a name may have been given more than once, and PostgreSQL stops at the first one that it meets. */
        @Override
        public RecoveryTarget.AtLsn after() {
            return new RecoveryTarget.AtLsn(lsn, Bound.INCLUSIVE);
        }
    }
}
