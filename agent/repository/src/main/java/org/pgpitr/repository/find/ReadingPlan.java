package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import org.pgpitr.postgres.wal.TransactionTotals;

/** Which segments of a stretch have to be read, and what of the others is worth knowing. By their places on the path. */
final class ReadingPlan {
    /**
     * What a segment that need not be read holds: no event that is wanted.
     *
     * @param commits how many commits in the range
     * @param first the time of the first one
     * @param last the time of the last one
     */
    record Passed(long commits, Optional<Instant> first, Optional<Instant> last) {
        static final Passed NOTHING = new Passed(0, Optional.empty(), Optional.empty());
    }

    private final int from;
    private final BitSet needed = new BitSet();
    private final BitSet leadingIn = new BitSet();
    private final Passed[] passed;

    private ReadingPlan(int from, Passed[] passed) {
        this.from = from;
        this.passed = passed;
    }

    /** All of them. */
    static ReadingPlan all(int from, int behind) {
        ReadingPlan plan = new ReadingPlan(from, new Passed[0]);
        plan.needed.set(from, Math.max(from, behind));
        return plan;
    }

    /** None yet. */
    static ReadingPlan none(int from, int behind) {
        return new ReadingPlan(from, new Passed[behind - from]);
    }

    void need(int index) {
        needed.set(index);
    }

    /** A segment in which a record begins that goes on in one that is needed. */
    void leadIn(int index) {
        leadingIn.set(index);
    }

    void pass(int index, TransactionTotals commits) {
        passed[index - from] = commits.commits() == 0
                ? Passed.NOTHING
                : new Passed(
                        commits.commits(),
                        commits.first().map(each -> each.time()),
                        commits.last().map(each -> each.time()));
    }

    void passOutside(int index) {
        passed[index - from] = Passed.NOTHING;
    }

    /** Whether the records of a segment are needed. */
    boolean needs(int index) {
        return needed.get(index);
    }

    /** Whether a segment has to be fetched for the next one alone. */
    boolean leadsIn(int index) {
        return leadingIn.get(index) && !needed.get(index);
    }

    Passed passed(int index) {
        return passed[index - from];
    }
}
