package org.pgpitr.repository.retention;

import java.util.List;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.plan.WalRange;

/**
 * Whether archived segments stay that follow each other.
 *
 * @param range which
 * @param segments how many
 * @param storedBytes how much they take in the repository; 0 for a partial segment, where that is not known
 * @param reasons why they stay; empty: they go
 */
public record WalVerdict(WalRange range, long segments, long storedBytes, List<Reason> reasons) {
    public WalVerdict {
        reasons = List.copyOf(reasons);
    }

    public boolean stays() {
        return !reasons.isEmpty();
    }

    public WalSegmentName first() {
        return range.first();
    }

    public WalSegmentName last() {
        return range.last();
    }
}
