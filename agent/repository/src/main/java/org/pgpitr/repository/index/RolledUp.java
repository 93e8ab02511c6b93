package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * Which segments are rolled up, by the roll-ups' names alone, which take few listings to read: where there are many groups
 * of a timeline, those that stand within a block are passed over.
 */
final class RolledUp {
    /** Fewer than a listing's answer has room for, so that one answer ends behind the last of them. */
    private static final int STRETCH = 960;
    /** After so many it pays to go on behind the groups. */
    private static final int MANY_GROUPS = 500;

    private record Stretch(long first, long behind) {}

    private final Generation generation;
    private final RepositoryLayout layout;
    private final WalSegmentSize size;
    private final Map<TimelineId, List<Stretch>> stretches = new TreeMap<>();

    RolledUp(Generation generation) {
        this.generation = generation;
        this.layout = generation.layout();
        this.size = generation.identity().segmentSize();
    }

    /** Where to part a listing so that each part has at most {@value #STRETCH} segments, as far as roll-ups tell. */
    List<WalSegmentName> splits() {
        read();
        List<WalSegmentName> splits = new ArrayList<>();
        stretches.forEach((on, of) -> {
            of.sort(Comparator.comparingLong(Stretch::first));
            long next = 0;
            for (Stretch stretch : of) {
                next = Math.max(next, stretch.first());
                for (; next < stretch.behind(); next += STRETCH) {
                    splits.add(WalSegmentName.of(on, next, size));
                }
            }
        });
        return splits;
    }

    private void read() {
        List<TimelineId> cut = new ArrayList<>();
        Optional<TimelineId> many = groups(layout.indexPrefix(), Optional.empty(), MANY_GROUPS);
        while (many.isPresent()) {
            cut.add(many.get());
            many = groups(layout.indexPrefix(), Optional.of(before(Level.BLOCK, many.get(), 0)), MANY_GROUPS);
        }
        for (TimelineId on : cut) {
            long behind =
                    stretches.get(on).stream().mapToLong(Stretch::behind).max().orElseThrow();
            groups(
                    layout.rollUpPrefix(Level.GROUP.segments(), on),
                    Optional.of(before(Level.GROUP, on, behind)),
                    Integer.MAX_VALUE);
        }
    }

    /** Sorts before the roll-up of that segment, and behind those of earlier ones. */
    private ObjectKey before(Level level, TimelineId on, long segment) {
        return ObjectKey.of(layout.rollUpPrefix(level.segments(), on) + WalSegmentName.of(on, segment, size));
    }

    /** Lists roll-ups. @return the timeline that has so many groups that the listing was left there */
    private Optional<TimelineId> groups(String prefix, Optional<ObjectKey> after, int most) {
        Map<TimelineId, Integer> groups = new HashMap<>();
        List<TimelineId> left = new ArrayList<>();
        ObjectStore.ListVisitor visitor = (key, stat) -> {
            RepositoryLayout.RollUpObject rollUp = layout.rollUpAt(key).orElse(null);
            if (rollUp == null || !rollUp.first().fits(size)) {
                return Next.CONTINUE;
            }
            TimelineId on = rollUp.first().timeline();
            long first = rollUp.first().number(size);
            stretches.computeIfAbsent(on, any -> new ArrayList<>()).add(new Stretch(first, first + rollUp.segments()));
            if (rollUp.segments() == Level.GROUP.segments() && groups.merge(on, 1, Integer::sum) == most) {
                left.add(on);
                return Next.STOP;
            }
            return Next.CONTINUE;
        };
        if (after.isPresent()) {
            generation.store().listAfter(prefix, after.get(), visitor);
        } else {
            generation.store().list(prefix, visitor);
        }
        return left.stream().findFirst();
    }
}
