package org.pgpitr.repository.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.DamagedPage;

/** Facts, told in few words. Segments have 1 MB: segment 3 begins at 0/300000. A segment is stored in 100 bytes. */
public final class FactsBuilder {
    public static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    public static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");

    private final List<BackupSummary> backups = new ArrayList<>();
    private final List<PassedOver> unreadable = new ArrayList<>();
    private final Map<TimelineId, TimelineHistory> histories = new HashMap<>();
    private final ArchivedWal.Builder wal = ArchivedWal.builder();

    /** Taken in the minute after {@code started}; its transactions are told by {@link #backup(BackupSummary)}. */
    public FactsBuilder backup(String started, int timeline, String start, String stop) {
        return backup(summary(started, timeline, start, stop, 1000, 1000, List.of()));
    }

    public FactsBuilder backup(String started, int timeline, String start, String stop, long xmin, long nextXid) {
        return backup(summary(started, timeline, start, stop, xmin, nextXid, List.of()));
    }

    public FactsBuilder backup(BackupSummary summary) {
        backups.add(summary);
        return this;
    }

    public static BackupSummary summary(
            String started,
            int timeline,
            String start,
            String stop,
            long xmin,
            long nextXid,
            List<DamagedPage> damagedPages) {
        Instant begin = Instant.parse(started);
        return new BackupSummary(
                BackupId.at(begin),
                new SystemIdentifier(4711),
                new PostgresMajor(17),
                "17.4",
                "0.1.0",
                "pgpitr",
                begin,
                begin.plusSeconds(60),
                new TimelineId(timeline),
                Lsn.parse(start),
                Lsn.parse(stop),
                SIZE,
                BackupSummary.Source.PRIMARY,
                xmin,
                nextXid,
                BackupSummary.Checksums.ON,
                List.of(),
                damagedPages,
                10,
                10_000,
                5_000,
                1);
    }

    public FactsBuilder unreadable(String started, String reason) {
        unreadable.add(new PassedOver(BackupId.at(Instant.parse(started)), reason));
        return this;
    }

    /** Archives segments, both ends included. */
    public FactsBuilder wal(int timeline, long first, long last) {
        for (long segment = first; segment <= last; segment++) {
            wal.segment(new TimelineId(timeline), segment, 100);
        }
        return this;
    }

    public FactsBuilder partial(int timeline, long segment) {
        wal.partial(new TimelineId(timeline), segment);
        return this;
    }

    /** Pieces of a stream cover a segment from its start up to {@code end}. */
    public FactsBuilder streamed(int timeline, long segment, String end) {
        if (Lsn.parse(end).equals(SIZE.start(segment + 1))) {
            wal.inPieces(new TimelineId(timeline), segment);
        } else {
            wal.streamed(new TimelineId(timeline), segment, Lsn.parse(end));
        }
        return this;
    }

    /** A history file; {@code lines} are such as {@code 1 0/380000}. */
    public FactsBuilder history(int timeline, String... lines) {
        TimelineId id = new TimelineId(timeline);
        histories.put(id, TimelineHistory.parse(id, String.join("\n", lines)));
        return this;
    }

    public RecoveryFacts build() {
        return new RecoveryFacts(SIZE, backups, unreadable, histories, wal.build(), NOW);
    }
}
