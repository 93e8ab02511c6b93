package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Keeps the worst events: losses first, then most rows deleted and updated, then the rest; restore points behind all
 * commits, in the order of the WAL.
 */
final class Ranking {
    private record Ranked(int tier, long amount, long deleted, FoundEvent event) {}

    private static final Comparator<Ranked> WORST_FIRST = Comparator.comparingInt(Ranked::tier)
            .thenComparing(Comparator.comparingLong(Ranked::amount).reversed())
            .thenComparing(Comparator.comparingLong(Ranked::deleted).reversed())
            .thenComparing(ranked -> ranked.event().lsn());

    private final int limit;
    private final PriorityQueue<Ranked> kept = new PriorityQueue<>(WORST_FIRST.reversed());
    private long count;

    Ranking(int limit) {
        this.limit = limit;
    }

    void add(FoundEvent event) {
        count++;
        kept.add(ranked(event));
        if (kept.size() > limit) {
            kept.remove();
        }
    }

    /** How many were given, kept or not. */
    long count() {
        return count;
    }

    List<FoundEvent> worstFirst() {
        List<Ranked> all = new ArrayList<>(kept);
        all.sort(WORST_FIRST);
        return all.stream().map(Ranked::event).toList();
    }

    private static Ranked ranked(FoundEvent event) {
        if (!(event instanceof FoundEvent.Commit commit)) {
            return new Ranked(4, 0, 0, event);
        }
        RowCounts rows = commit.totals().rows();
        long changed = rows.deleted() + rows.updated();
        boolean database = commit.databases().stream().anyMatch(each -> each.fate() == DatabaseEffect.Fate.DROPPED);
        if (database || commit.isLoss()) {
            return new Ranked(database ? 0 : 1, commit.totals().losses(), changed, event);
        }
        return new Ranked(changed > 0 ? 2 : 3, changed > 0 ? changed : rows.inserted(), rows.deleted(), event);
    }
}
