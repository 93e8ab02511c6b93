package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.Threads;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * Which segments are rolled up, by the roll-ups' names alone, which take few listings to read: where there are many groups
 * of a timeline, those that stand within a block are passed over.
 */
public final class RolledUp {
    /** Fewer than a listing's answer has room for, so that one answer ends behind the last of them. */
    private static final int STRETCH = 960;
    /** After so many it pays to go on behind the groups. */
    private static final int MANY_GROUPS = 500;
    /** So many segments between others are parted too though nothing is rolled up there, since one of them is damaged or gone. */
    private static final long NOT_ROLLED_UP = 2L * Level.BLOCK.segments();

    private static final int AT_A_TIME = 16;

    /** The first segments of what is rolled up of a timeline. */
    private static final class Names {
        final NavigableSet<Long> groups = new TreeSet<>();
        final NavigableSet<Long> blocks = new TreeSet<>();
    }

    /** Where groups may stand within no block; the last one is open. */
    private record Stretch(TimelineId on, long first, long last) {}

    private final Generation generation;
    private final RollUps rollUps;
    private final WalSegmentSize size;
    private final Map<TimelineId, Names> names = new TreeMap<>();

    private RolledUp(Generation generation) {
        this.generation = generation;
        this.rollUps = new RollUps(generation);
        this.size = generation.identity().segmentSize();
    }

    /** @throws org.pgpitr.storage.StorageException if the store does not answer */
    static RolledUp read(Generation generation) {
        RolledUp rolledUp = new RolledUp(generation);
        rolledUp.read();
        return rolledUp;
    }

    /** Whether a group is rolled up; within a block it is taken for that, since the block was made of it. */
    boolean hasGroup(TimelineId timeline, long first) {
        Names of = names.get(timeline);
        return of != null && (of.groups.contains(first) || of.blocks.contains(Level.BLOCK.first(first)));
    }

    /** The first segments of the blocks of a timeline that are rolled up. */
    NavigableSet<Long> blocks(TimelineId timeline) {
        Names of = names.get(timeline);
        return of == null ? Collections.emptyNavigableSet() : Collections.unmodifiableNavigableSet(of.blocks);
    }

    /** Where to part a listing so that each part has at most {@value #STRETCH} segments, as far as roll-ups tell. */
    List<WalSegmentName> splits() {
        List<WalSegmentName> splits = new ArrayList<>();
        names.forEach((on, of) -> {
            TreeMap<Long, Long> behinds = new TreeMap<>();
            of.groups.forEach(first -> behinds.merge(first, first + Level.GROUP.segments(), Math::max));
            of.blocks.forEach(first -> behinds.merge(first, first + Level.BLOCK.segments(), Math::max));
            long next = behinds.firstKey();
            for (Map.Entry<Long, Long> each : behinds.entrySet()) {
                if (each.getKey() - next > NOT_ROLLED_UP) {
                    next = each.getKey();
                }
                for (; next < each.getValue(); next += STRETCH) {
                    splits.add(WalSegmentName.of(on, next, size));
                }
            }
        });
        return splits;
    }

    private void read() {
        List<TimelineId> cut = new ArrayList<>();
        Optional<TimelineId> many = list(Optional.empty());
        while (many.isPresent()) {
            cut.add(many.get());
            many = list(Optional.of(rollUps.before(Level.BLOCK, many.get(), 0)));
        }
        List<Stretch> besides = cut.stream().flatMap(on -> besides(on).stream()).toList();
        List<Set<Long>> found = Threads.each(
                besides,
                AT_A_TIME,
                "listing the index",
                stretch -> rollUps.present(Level.GROUP, stretch.on(), stretch.first(), stretch.last()));
        for (int i = 0; i < besides.size(); i++) {
            names.get(besides.get(i).on()).groups.addAll(found.get(i));
        }
    }

    /** Lists roll-ups. @return the timeline that has so many groups that the listing was left there */
    private Optional<TimelineId> list(Optional<ObjectKey> after) {
        String prefix = generation.layout().indexPrefix();
        Map<TimelineId, Integer> groups = new HashMap<>();
        List<TimelineId> left = new ArrayList<>();
        ObjectStore.ListVisitor visitor = (key, stat) -> {
            RepositoryLayout.RollUpObject rollUp = rollUps.at(key).orElse(null);
            if (rollUp == null) {
                return Next.CONTINUE;
            }
            TimelineId on = rollUp.first().timeline();
            Names of = names.computeIfAbsent(on, any -> new Names());
            if (rollUp.segments() != Level.GROUP.segments()) {
                of.blocks.add(rollUp.first().number(size));
                return Next.CONTINUE;
            }
            of.groups.add(rollUp.first().number(size));
            if (groups.merge(on, 1, Integer::sum) == MANY_GROUPS) {
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

    /** Behind the groups that are known, what is in no block. */
    private List<Stretch> besides(TimelineId on) {
        Names of = names.get(on);
        List<Stretch> besides = new ArrayList<>();
        long next = of.groups.last() + Level.GROUP.segments();
        for (long block : of.blocks) {
            if (next < block) {
                besides.add(new Stretch(on, next, block - 1));
            }
            next = Math.max(next, block + Level.BLOCK.segments());
        }
        besides.add(new Stretch(on, next, Long.MAX_VALUE));
        return besides;
    }
}
