package org.pgpitr.service.verify;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * What a listing of the archived WAL shows.
 *
 * @param wal the segments, and how far pieces of a stream go
 * @param blocks what there is to be read, in order
 * @param segments how many files there are, partial segments and backup histories included
 */
record WalSurvey(ArchivedWal wal, List<WalBlock> blocks, long segments) {
    /** Lists all WAL; the blocks hold only what was archived at {@code since} or later. */
    static WalSurvey list(Generation generation, Optional<Instant> since, Findings findings) {
        Collector collector = new Collector(generation, since);
        // Before the segments: pieces go when theirs is archived.
        new StreamArchive(generation).ends().forEach(collector::streamed);
        generation.store().list(generation.layout().walPrefix(), (key, stat) -> {
            collector.visit(key, stat);
            return Next.CONTINUE;
        });
        collector
                .stranger()
                .ifPresent(first -> findings.add(new RepositoryFinding.StrangeObjects(first, collector.strangers)));
        return new WalSurvey(
                collector.wal.build(),
                collector.blocks.values().stream()
                        .flatMap(timeline -> timeline.values().stream())
                        .toList(),
                collector.segments);
    }

    /** The segment that an archived file stands at. */
    static WalSegmentName segment(WalFileName name) {
        if (name instanceof WalSegmentName whole) {
            return whole;
        }
        return name instanceof PartialSegmentName partial ? partial.segment() : ((BackupHistoryName) name).segment();
    }

    private static final class Collector {
        private final Generation generation;
        private final WalSegmentSize size;
        private final Optional<Instant> since;
        private final ArchivedWal.Builder wal = ArchivedWal.builder();
        private final TreeMap<TimelineId, TreeMap<Long, WalBlock>> blocks = new TreeMap<>();
        private long segments;
        private long strangers;
        private String firstStranger;

        Collector(Generation generation, Optional<Instant> since) {
            this.generation = generation;
            this.size = generation.identity().segmentSize();
            this.since = since;
        }

        Optional<String> stranger() {
            return Optional.ofNullable(firstStranger);
        }

        void streamed(WalSegmentName segment, Lsn end) {
            if (end.equals(segment.end(size))) {
                wal.inPieces(segment.timeline(), segment.number(size));
            } else {
                wal.streamed(segment.timeline(), segment.number(size), end);
            }
        }

        void visit(ObjectKey key, ObjectStat stat) {
            Optional<WalFileName> name = generation.layout().walFileAt(key);
            if (name.isEmpty() || !segment(name.get()).fits(size)) {
                strangers++;
                firstStranger = firstStranger == null ? key.value() : firstStranger;
                return;
            }
            segments++;
            WalSegmentName segment = segment(name.get());
            long number = segment.number(size);
            if (name.get() instanceof WalSegmentName) {
                wal.segment(segment.timeline(), number, stat.length());
            } else if (name.get() instanceof PartialSegmentName) {
                wal.partial(segment.timeline(), number);
            }
            if (since.isEmpty() || !stat.modified().isBefore(since.get())) {
                long block = number / WalBlock.segments(size);
                blocks.computeIfAbsent(segment.timeline(), t -> new TreeMap<>())
                        .merge(
                                block,
                                new WalBlock(segment.timeline(), block, 1, stat.length()),
                                (a, b) -> new WalBlock(
                                        a.timeline(),
                                        a.number(),
                                        a.files() + b.files(),
                                        a.storedBytes() + b.storedBytes()));
            }
        }
    }
}
