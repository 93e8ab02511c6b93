package org.pgpitr.service.expire;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.retention.GenerationPlan;
import org.pgpitr.repository.retention.PiecesVerdict;
import org.pgpitr.repository.retention.WalVerdict;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;

/** Deletes the WAL files and pieces of a generation that a plan names, and no other. */
final class WalDeletion {
    private static final int BATCH = 1000;

    private final Generation generation;
    private final ArchivedWal archived;
    private final WalSegmentSize size;
    private final List<ObjectKey> batch = new ArrayList<>();
    private DeleteResult result = DeleteResult.COMPLETE;
    private long batchBytes;
    private long files;

    WalDeletion(Generation generation, ArchivedWal archived) {
        this.generation = generation;
        this.archived = archived;
        this.size = generation.identity().segmentSize();
    }

    /**
     * @param beforeEach called before each batch; fails if nothing more may be deleted
     * @param freed told the bytes of each batch
     */
    void run(GenerationPlan plan, Runnable beforeEach, LongConsumer freed) {
        for (WalVerdict verdict : plan.wal()) {
            if (verdict.stays()) {
                continue;
            }
            long last = verdict.last().number(size);
            for (long segment = verdict.first().number(size); segment <= last; segment++) {
                add(verdict.range(), segment, beforeEach, freed);
            }
        }
        plan.pieces().stream()
                .filter(verdict -> !verdict.stays())
                .forEach(verdict -> pieces(verdict, beforeEach, freed));
        plan.backupHistories().forEach(history -> add(generation.layout().wal(history), 0, beforeEach, freed));
        flush(beforeEach, freed);
    }

    /** Those that are there now: a receiver at work replaces small ones by bigger ones. */
    private void pieces(PiecesVerdict verdict, Runnable beforeEach, LongConsumer freed) {
        StreamArchive stream = new StreamArchive(generation);
        List<Piece> there = stream.pieces(verdict.pieces().segment());
        long bytes = verdict.pieces().storedBytes();
        for (Piece piece : there) {
            add(stream.key(piece), bytes, beforeEach, freed);
            bytes = 0;
        }
    }

    private void add(WalRange range, long segment, Runnable beforeEach, LongConsumer freed) {
        WalSegmentName name = WalSegmentName.of(range.timeline(), segment, size);
        if (range.form() == WalRange.Form.PARTIAL) {
            add(generation.layout().wal(new PartialSegmentName(name)), 0, beforeEach, freed);
        } else {
            add(
                    generation.layout().wal(name),
                    archived.storedBytes(range.timeline(), segment, segment),
                    beforeEach,
                    freed);
        }
    }

    private void add(ObjectKey key, long bytes, Runnable beforeEach, LongConsumer freed) {
        batch.add(key);
        batchBytes += bytes;
        if (batch.size() == BATCH) {
            flush(beforeEach, freed);
        }
    }

    private void flush(Runnable beforeEach, LongConsumer freed) {
        if (batch.isEmpty()) {
            return;
        }
        beforeEach.run();
        DeleteResult part = generation.store().delete(List.copyOf(batch));
        Set<ObjectKey> left = part.survivors();
        result = result.and(part);
        files += batch.size() - left.size();
        // a lock seldom lies on a part of a batch alone
        freed.accept(left.isEmpty() ? batchBytes : batchBytes * (batch.size() - left.size()) / batch.size());
        batch.clear();
        batchBytes = 0;
    }

    /** What came of it. */
    DeleteResult result() {
        return result;
    }

    /** How many files and pieces are gone. */
    long files() {
        return files;
    }
}
