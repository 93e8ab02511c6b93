package org.pgpitr.service.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.SegmentCheck;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.service.Progress;
import org.pgpitr.service.archive.BackupHistoryCheck;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

/**
 * Verifies archived WAL files that stand behind each other: each file's digest against its tag, that a segment is this
 * cluster's and stands where its name says, and each record's CRC and place in the chain, on from the segment before.
 */
final class WalVerification {
    /** Where all records are needed. */
    static final Lsn TO_THE_END = new Lsn(-1);

    private final Generation generation;
    private final ClusterIdentity cluster;
    private final WalSegmentSize size;
    private final ArchivedWal wal;
    private final Map<TimelineId, TimelineHistory> histories;
    private final Lsn neededTo;
    private final Findings findings;
    private final Tally tally;
    private final Progress progress;
    private final WalRecord record = new WalRecord();
    private final List<WalFileName> gone = new ArrayList<>();
    private boolean clean = true;

    /** @param neededTo no record that begins there or later is needed: a broken one is no damage */
    WalVerification(
            Generation generation,
            ArchivedWal wal,
            Map<TimelineId, TimelineHistory> histories,
            Lsn neededTo,
            Findings findings,
            Tally tally,
            Progress progress) {
        this.generation = generation;
        this.cluster = generation.identity();
        this.size = cluster.segmentSize();
        this.wal = wal;
        this.histories = histories;
        this.neededTo = neededTo;
        this.findings = findings;
        this.tally = tally;
        this.progress = progress;
    }

    /** Whether nothing was found wrong with what is there. */
    boolean run(List<WalFileName> files) {
        byte[] buffer = new byte[size.bytes()];
        Optional<WalReader> chain = Optional.empty();
        WalSegmentName previous = null;
        for (WalFileName name : files) {
            if (name instanceof WalSegmentName segment) {
                if (previous == null || !follows(previous, segment)) {
                    chain = warmedUp(segment, buffer);
                }
                chain = segment(segment, buffer, chain);
                previous = segment;
            } else if (name instanceof PartialSegmentName partial) {
                partial(partial, buffer);
            } else {
                backupHistory((BackupHistoryName) name);
            }
        }
        return clean;
    }

    /** Those that were not there any more, whole and partial segments. */
    List<WalFileName> gone() {
        return gone;
    }

    private boolean follows(WalSegmentName previous, WalSegmentName segment) {
        return previous.timeline().equals(segment.timeline()) && previous.number(size) + 1 == segment.number(size);
    }

    /** A reader that has read the segment before this one, as far as that is sound; what is not is found elsewhere. */
    private Optional<WalReader> warmedUp(WalSegmentName segment, byte[] buffer) {
        if (!cluster.major().isKnown()) {
            return Optional.empty();
        }
        Optional<WalSegmentName> before = before(segment);
        if (before.isEmpty()) {
            return Optional.of(fresh());
        }
        try {
            WalReader reader = fresh();
            if (new ArchivedFile(generation, before.get()).read(buffer) == size.bytes()) {
                reader.open(before.get(), buffer);
                while (reader.next(record)) {
                    continue;
                }
                return Optional.of(reader);
            }
        } catch (BrokenWalException notThisOnes) {
            return Optional.of(fresh());
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT && e.exitCode() != ExitCode.NO_KEY) {
                throw e;
            }
        }
        return Optional.of(fresh());
    }

    private WalReader fresh() {
        return new WalReader(cluster.major(), size);
    }

    /** The archived segment that ends where this one begins; on an older timeline if this is a timeline's first. */
    private Optional<WalSegmentName> before(WalSegmentName segment) {
        long number = segment.number(size) - 1;
        if (wal.contains(segment.timeline(), number)) {
            return Optional.of(WalSegmentName.of(segment.timeline(), number, size));
        }
        return Optional.ofNullable(histories.get(segment.timeline()))
                .map(history -> history.timelineAt(segment.start(size).plus(-1)))
                .filter(timeline -> wal.contains(timeline, number))
                .map(timeline -> WalSegmentName.of(timeline, number, size));
    }

    /** The reader to go on with: another one behind a segment that is broken. */
    private Optional<WalReader> segment(WalSegmentName name, byte[] buffer, Optional<WalReader> chain) {
        if (!contents(name, buffer)) {
            return cluster.major().isKnown() ? Optional.of(fresh()) : Optional.empty();
        }
        if (chain.isEmpty()) {
            return chain;
        }
        WalReader reader = chain.get();
        Lsn end = name.start(size);
        try {
            reader.open(name, buffer);
            while (reader.next(record)) {
                end = record.end();
                tally.walRecords.increment();
            }
        } catch (BrokenWalException e) {
            if (e.lsn().isBefore(neededTo)) {
                damaged(name, "WAL segment " + name + " can't be replayed: " + e.getMessage());
            }
            return Optional.of(fresh());
        }
        if (reader.end() == WalReader.End.OPEN
                && end.isBefore(neededTo)
                && wal.contains(name.timeline(), name.number(size) + 1)) {
            damaged(
                    name,
                    "WAL segment " + name + " can't be replayed: its WAL ends at " + end
                            + ", although the timeline goes on in the next segment");
        }
        return chain;
    }

    /** Reads a segment, whole or partial, and checks that it is what its name says. */
    private boolean contents(WalFileName name, byte[] buffer) {
        ArchivedFile file = new ArchivedFile(generation, name);
        try {
            int length = file.read(buffer);
            progress.advance(size.bytes());
            if (length < 0) {
                gone.add(name);
                return false;
            }
            Optional<SegmentCheck.Misfit> misfit = SegmentCheck.misfit(
                    name, cluster, file.size(), Arrays.copyOf(buffer, Math.min(length, WalSegmentHeader.LENGTH)));
            if (misfit.isPresent()) {
                misfit(name, file.key(), misfit.get());
                return false;
            }
            tally.walFiles.increment();
            tally.walBytes.add(length);
            file.annex().ifPresent(summary -> summary(name, file.key(), buffer, summary));
            return true;
        } catch (PgpitrException e) {
            unreadable(name, e);
            return false;
        }
    }

    /** It depends on the segment's bytes alone. */
    private void summary(WalFileName name, ObjectKey key, byte[] segment, byte[] stored) {
        try {
            if (SegmentInspection.summary(name, Content.of(segment))
                    .filter(own -> !Arrays.equals(SummaryFormat.write(own), stored))
                    .isPresent()) {
                clean = false;
                findings.add(new BesideFinding.SummaryDamaged(key, "its summary is not that of its WAL"));
            }
        } catch (BrokenWalException e) {
            return; // What reads it along the chain tells whether that is damage
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail", e);
        }
    }

    private void misfit(WalFileName name, ObjectKey key, SegmentCheck.Misfit misfit) {
        clean = false;
        if (misfit.kind() == SegmentCheck.Kind.OTHER_CLUSTER) {
            findings.add(new WalFinding.OfAnotherCluster(name, key, misfit.what(), Optional.empty()));
        } else {
            damaged(name, "archived WAL segment " + name + " " + misfit.what() + " (object " + key + ")");
        }
    }

    private void unreadable(WalFileName name, PgpitrException e) {
        clean = false;
        if (e.exitCode() == ExitCode.NO_KEY) {
            findings.add(new RepositoryFinding.NotDecrypted("archived " + name, e.getMessage()));
        } else if (e.exitCode() == ExitCode.CORRUPT) {
            damaged(name, e.getMessage());
        } else {
            throw e;
        }
    }

    private void damaged(WalFileName name, String how) {
        clean = false;
        findings.add(new WalFinding.WalDamaged(name, generation.layout().wal(name), how, Optional.empty()));
    }

    /** Behind the promotion that cut it off, a partial segment may hold anything. */
    private void partial(PartialSegmentName name, byte[] buffer) {
        if (!contents(name, buffer) || !cluster.major().isKnown()) {
            return;
        }
        try {
            WalReader reader = fresh();
            reader.open(name.segment(), buffer);
            while (reader.next(record)) {
                tally.walRecords.increment();
            }
        } catch (BrokenWalException e) {
            boolean needed = histories.values().stream()
                    .flatMap(history -> history.switchPoint(name.timeline()).stream())
                    .anyMatch(left -> size.segmentNumber(left) == name.segment().number(size)
                            && e.lsn().isBefore(left));
            if (needed && e.lsn().isBefore(neededTo)) {
                damaged(name, "partial WAL segment " + name + " can't be replayed: " + e.getMessage());
            }
        }
    }

    private void backupHistory(BackupHistoryName name) {
        ArchivedFile file = new ArchivedFile(generation, name);
        byte[] buffer = new byte[1 << 16];
        try {
            int length = file.read(buffer);
            if (length < 0) {
                return;
            }
            tally.walFiles.increment();
            tally.walBytes.add(length);
            BackupHistoryCheck.misfit(name, new String(buffer, 0, length, StandardCharsets.UTF_8), size)
                    .ifPresent(what -> damaged(
                            name,
                            "archived backup history file " + name + " " + what + " (object " + file.key() + ")"));
        } catch (PgpitrException e) {
            unreadable(name, e);
        }
    }
}
