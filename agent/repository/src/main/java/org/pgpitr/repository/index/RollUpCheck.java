package org.pgpitr.repository.index;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout.RollUpObject;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Holds roll-ups against what the segments tell, which is what they were made of. Safe for several threads. */
public final class RollUpCheck {
    private static final int MAX_LENGTH = 64 << 20;

    private final Generation generation;
    private final ArchivedWal wal;
    private final WalSegmentSize size;
    private final Summaries summaries;
    private final RollUps rollUps;

    /** @param wal the archive's listing; of segments that are not there nothing can be said */
    public RollUpCheck(Generation generation, ArchivedWal wal) {
        this.generation = generation;
        this.wal = wal;
        this.size = generation.identity().segmentSize();
        this.summaries = new Summaries(generation);
        this.rollUps = new RollUps(generation);
    }

    /**
     * What is wrong with a roll-up, to stand after "is damaged: ".
     *
     * @return empty if it is sound, or gone
     * @throws PgpitrException NO_KEY
     * @throws StorageException if the store does not answer
     */
    public Optional<String> defect(RollUpObject object) {
        Level level = object.segments() == Level.GROUP.segments() ? Level.GROUP : Level.BLOCK;
        ObjectKey key = generation.layout().rollUp(object.segments(), object.first());
        Optional<InputStream> stored = generation.store().open(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        long first = object.first().number(size);
        if (level.first(first) != first) {
            return Optional.of("no roll-up begins with segment " + object.first());
        }
        try (InputStream in = generation.codec().decode(key, stored.get())) {
            RollUp rollUp = rollUps.parse(in.readNBytes(MAX_LENGTH), level, object.first());
            return rollUp.entries().stream()
                    .filter(entry -> differs(level, entry, object.first().timeline()))
                    .findFirst()
                    .map(entry -> "it tells other things of segment " + entry.segment() + " than the segment itself");
        } catch (InvalidFormatException e) {
            return Optional.of(e.getMessage());
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT) {
                return Optional.of(e.getMessage());
            }
            throw e;
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "can't read " + key + " in " + generation.store().location() + ": " + e.getMessage(),
                    e);
        }
    }

    private boolean differs(Level level, SegmentSummary entry, TimelineId timeline) {
        Optional<SegmentSummary> source =
                level == Level.GROUP ? ofSegment(entry.segment()) : ofGroup(timeline, entry.number());
        return source.map(told -> RollUp.of(level, List.of(told)).entries().get(0))
                .filter(wanted -> !Arrays.equals(SummaryFormat.write(wanted), SummaryFormat.write(entry)))
                .isPresent();
    }

    /** Empty where it can't tell: what is wrong with a segment is found elsewhere. */
    private Optional<SegmentSummary> ofSegment(WalSegmentName name) {
        if (!wal.contains(name.timeline(), name.number(size))) {
            return Optional.empty();
        }
        try {
            return summaries.read(name);
        } catch (BrokenWalException e) {
            return Optional.empty();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<SegmentSummary> ofGroup(TimelineId timeline, long first) {
        try {
            return rollUps.read(Level.GROUP, timeline, first).map(group -> SegmentSummary.joined(group.entries()));
        } catch (BrokenWalException e) {
            return Optional.empty();
        }
    }
}
