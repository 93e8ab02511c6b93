package org.pgpitr.repository.retention;

import java.util.List;

/**
 * Whether an object stays that is there for the sake of WAL.
 *
 * @param companion which
 * @param reasons why it stays; empty: it goes
 */
public record CompanionVerdict(WalCompanion companion, List<Reason> reasons) {
    public CompanionVerdict {
        reasons = List.copyOf(reasons);
    }

    public boolean stays() {
        return !reasons.isEmpty();
    }
}
