package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.archive.ArchivedWal;

/** Makes a roll-up of what the index tells of a group. */
final class GroupReading {
    private final WalIndex index;
    private final RollUps rollUps;
    private final WalSegmentSize size;
    private final Consumer<IndexBuilder.Broken> listener;

    /** @param listener hears of segments that keep their group from being rolled up */
    GroupReading(WalIndex index, RollUps rollUps, WalSegmentSize size, Consumer<IndexBuilder.Broken> listener) {
        this.index = index;
        this.rollUps = rollUps;
        this.size = size;
        this.listener = listener;
    }

    /** What an index is to be opened with that reads one group, whatever is archived: what is missing is not shown. */
    static ArchivedWal assumed(TimelineId timeline, long first, Level level) {
        ArchivedWal.Builder builder = ArchivedWal.builder();
        for (long segment = first; segment < first + level.segments(); segment++) {
            builder.segment(timeline, segment, 0);
        }
        return builder.build();
    }

    /** Writes a group's roll-up; not if one of its segments is missing or damaged, or they don't follow each other. */
    boolean make(Level level, TimelineId timeline, long group) {
        Optional<List<SegmentSummary>> entries = entries(level, timeline, group);
        entries.ifPresent(e -> rollUps.write(level, timeline, group, RollUp.of(level, e)));
        return entries.isPresent();
    }

    private Optional<List<SegmentSummary>> entries(Level level, TimelineId timeline, long group) {
        List<SegmentSummary> entries = new ArrayList<>();
        long last = group + level.segments() - 1;
        IndexVisitor visitor = new IndexVisitor() {
            @Override
            public Next visit(SegmentSummary summary) {
                entries.add(summary);
                return Next.CONTINUE;
            }

            @Override
            public Next broken(WalSegmentName segment, BrokenWalException why) {
                listener.accept(new IndexBuilder.Broken(segment, why.getMessage()));
                return Next.STOP;
            }

            @Override
            public Next damaged(WalSegmentName segment, PgpitrException why) {
                listener.accept(new IndexBuilder.Broken(segment, why.getMessage()));
                return Next.STOP;
            }
        };
        if (level == Level.GROUP) {
            index.segments(timeline, group, last, visitor);
        } else {
            index.stretches(timeline, group, last, visitor);
        }
        if (entries.size() != level.entries() || entries.stream().anyMatch(e -> e.segments() != level.step())) {
            return Optional.empty();
        }
        try {
            SegmentSummary.joined(entries);
            return Optional.of(entries);
        } catch (BrokenWalException e) {
            if (level == Level.GROUP) {
                listener.accept(IndexBuilder.Broken.at(timeline, e, size));
            }
            return Optional.empty();
        }
    }
}
