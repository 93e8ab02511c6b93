package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.repository.Generation;

/**
 * Rolls segments up while they are archived. Their summaries are kept until their group is whole, so nothing is read back
 * and no key is needed: a host that can only write rolls up what it archives. A group that has begun before this, or was
 * archived in part by somebody else, is read instead where that is possible; else it is left to {@link IndexBuilder}.
 *
 * <p>Keeps some kilobytes a segment of at most {@value #MOST_GROUPS} groups. Not for use by several threads.
 */
public final class GrowingRollUps {
    /** Segments come nearly in order: several are archived at a time. */
    private static final int MOST_GROUPS = 3;

    private static final int READ_AHEAD = 4;

    private record Place(TimelineId timeline, long first) {}

    private static final class Group {
        private final byte[][] entries = new byte[Level.GROUP.entries()][];
        private final int generation;
        private int count;

        Group(int generation) {
            this.generation = generation;
        }

        void put(int index, SegmentSummary summary) {
            if (entries[index] == null) {
                count++;
            }
            entries[index] = SummaryFormat.write(summary.brief(RollUp.KEPT_IN_GROUP));
        }

        boolean isWhole() {
            return count == entries.length;
        }
    }

    private final Supplier<Generation> generation;
    private final Consumer<IndexBuilder.Broken> listener;
    private final Map<Place, Group> groups = new LinkedHashMap<>();

    /**
     * @param generation where segments are archived now; asked at the beginning of a group and at its end
     * @param listener hears of segments that keep their group from being rolled up, once
     */
    public GrowingRollUps(Supplier<Generation> generation, Consumer<IndexBuilder.Broken> listener) {
        this.generation = generation;
        this.listener = listener;
    }

    /**
     * Takes note of a segment that is archived whole, and rolls its group up if that makes it whole.
     *
     * @return the first segments of the groups that were rolled up
     * @throws org.pgpitr.error.PgpitrException NO_KEY, NO_REPOSITORY; the group is then given up
     * @throws org.pgpitr.storage.StorageException if the store does not answer; likewise
     */
    public List<WalSegmentName> add(SegmentSummary summary) {
        Place place = new Place(summary.segment().timeline(), Level.GROUP.first(summary.number()));
        Group group = groups.get(place);
        if (group == null) {
            group = new Group(generation.get().number());
            groups.put(place, group);
        }
        group.put((int) (summary.number() - place.first()), summary);
        List<WalSegmentName> made = new ArrayList<>();
        if (group.isWhole()) {
            groups.remove(place);
            complete(place, group).ifPresent(made::add);
        }
        while (groups.size() > MOST_GROUPS) {
            Iterator<Map.Entry<Place, Group>> eldest = groups.entrySet().iterator();
            Map.Entry<Place, Group> entry = eldest.next();
            eldest.remove();
            complete(entry.getKey(), entry.getValue()).ifPresent(made::add);
        }
        return made;
    }

    private Optional<WalSegmentName> complete(Place place, Group group) {
        Generation now = generation.get();
        if (now.number() != group.generation) {
            return Optional.empty(); // its segments are in two generations
        }
        RollUps rollUps = new RollUps(now);
        boolean made = group.isWhole()
                ? write(now, rollUps, place, group)
                : IndexUpkeep.isPossible(now) && read(now, rollUps, place, Level.GROUP);
        if (!made) {
            return Optional.empty();
        }
        long block = Level.BLOCK.first(place.first());
        if (IndexUpkeep.isPossible(now)
                && place.first() == block + Level.BLOCK.segments() - Level.GROUP.segments()
                && rollUps.hasAllGroups(place.timeline(), block)) {
            read(now, rollUps, new Place(place.timeline(), block), Level.BLOCK);
        }
        return Optional.of(WalSegmentName.of(
                place.timeline(), place.first(), now.identity().segmentSize()));
    }

    private boolean write(Generation now, RollUps rollUps, Place place, Group group) {
        List<SegmentSummary> entries = new ArrayList<>();
        for (byte[] entry : group.entries) {
            entries.add(SummaryFormat.parse(entry));
        }
        try {
            SegmentSummary.joined(entries);
        } catch (BrokenWalException e) {
            listener.accept(
                    IndexBuilder.Broken.at(place.timeline(), e, now.identity().segmentSize()));
            return false;
        }
        rollUps.write(Level.GROUP, place.timeline(), place.first(), RollUp.of(Level.GROUP, entries));
        return true;
    }

    private boolean read(Generation now, RollUps rollUps, Place place, Level level) {
        try (WalIndex index =
                new WalIndex(now, GroupReading.assumed(place.timeline(), place.first(), level), READ_AHEAD)) {
            return new GroupReading(index, rollUps, now.identity().segmentSize(), listener)
                    .make(level, place.timeline(), place.first());
        }
    }
}
