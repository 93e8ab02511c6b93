package org.pgpitr.cli.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.retention.ArchiveTimes;
import org.pgpitr.repository.retention.GenerationFacts;
import org.pgpitr.repository.retention.Pin;

/** A cluster of the worked examples: it writes a WAL segment an hour, and a backup takes ten minutes. */
final class ExampleCluster {
    private static final Instant BEGIN = Instant.parse("2026-09-01T00:00:00Z");
    private static final WalSegmentSize SIZE = WalSegmentSize.DEFAULT;
    private static final long SEGMENT_STORED = 5L << 20;
    private static final long BACKUP_STORED = 40L << 30;

    private final int generation;
    private final int major;
    private final List<BackupSummary> backups = new ArrayList<>();
    private final Map<TimelineId, TimelineHistory> histories = new HashMap<>();
    private final ArchivedWal.Builder wal = ArchivedWal.builder();
    private final ArchiveTimes.Builder times = ArchiveTimes.builder();
    private final Map<BackupId, Pin> pins = new HashMap<>();

    ExampleCluster(int generation, int major) {
        this.generation = generation;
        this.major = major;
    }

    private static Instant time(String minute) {
        return Instant.parse(minute.replace(' ', 'T') + ":00Z");
    }

    private static long segment(Instant at) {
        return Duration.between(BEGIN, at).toHours() + 1;
    }

    private static Lsn lsn(Instant at) {
        long inHour = Duration.between(BEGIN, at).toSeconds() % 3600;
        return new Lsn(segment(at) * SIZE.bytes() + inHour * (SIZE.bytes() / 3600) + 40);
    }

    ExampleCluster backup(int timeline, String minute) {
        Instant started = time(minute);
        Instant stopped = started.plus(Duration.ofMinutes(10));
        backups.add(new BackupSummary(
                BackupId.at(started),
                new SystemIdentifier(7312345678901234567L + generation),
                new PostgresMajor(major),
                major + ".1",
                "0.1.0",
                "pgpitr",
                started,
                stopped,
                new TimelineId(timeline),
                lsn(started),
                lsn(stopped),
                SIZE,
                BackupSummary.Source.PRIMARY,
                1000,
                1000,
                BackupSummary.Checksums.ON,
                List.of(),
                List.of(),
                2000,
                3 * BACKUP_STORED,
                BACKUP_STORED,
                4));
        return this;
    }

    /** All segments of a timeline that were written between two times. */
    ExampleCluster wal(int timeline, String from, String to) {
        for (long s = segment(time(from)); s < segment(time(to)); s++) {
            wal.segment(new TimelineId(timeline), s, SEGMENT_STORED);
            times.segment(new TimelineId(timeline), s, BEGIN.plus(Duration.ofHours(s)));
        }
        return this;
    }

    /** A promotion to timeline 2; the unfinished segment of timeline 1 is archived as partial. */
    ExampleCluster promoted(String minute) {
        TimelineId two = new TimelineId(2);
        histories.put(two, TimelineHistory.parse(two, "1\t" + lsn(time(minute)) + "\tno recovery target specified\n"));
        times.history(two, time(minute));
        wal.partial(TimelineId.FIRST, segment(time(minute)));
        times.segment(TimelineId.FIRST, segment(time(minute)), time(minute));
        return this;
    }

    ExampleCluster pin(String minute, String reason, Optional<String> until) {
        BackupId id = BackupId.at(time(minute));
        pins.put(id, new Pin(id, reason, time(minute), until.map(ExampleCluster::time)));
        return this;
    }

    GenerationFacts facts(Instant now) {
        return new GenerationFacts(
                generation,
                new RecoveryFacts(SIZE, backups, List.of(), histories, wal.build(), now),
                Map.of(),
                times.build(),
                List.of(),
                List.of(),
                pins,
                Map.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }
}
