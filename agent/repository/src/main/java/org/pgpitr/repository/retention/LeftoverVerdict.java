package org.pgpitr.repository.retention;

import java.util.List;

/**
 * Whether what a backup without a manifest left stays.
 *
 * @param leftover what it is
 * @param reasons why it stays; empty: it goes
 */
public record LeftoverVerdict(Leftover leftover, List<Reason> reasons) {
    public LeftoverVerdict {
        reasons = List.copyOf(reasons);
    }

    public boolean stays() {
        return !reasons.isEmpty();
    }
}
