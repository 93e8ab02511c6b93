package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.repository.backup.BackupSummary;

/** A recovery as PostgreSQL does it, record by record and file by file, to the end of what it gets. */
final class SimulatedRecovery {
    /** A record that was replayed: who wrote it, and in which file it stood. */
    record Replayed(int record, int writer, SimulatedCluster.File file) {}

    private final SimulatedCluster cluster;
    private final BackupSummary backup;
    private final int timeline;
    private final List<Replayed> replayed = new ArrayList<>();

    SimulatedRecovery(SimulatedCluster cluster, BackupSummary backup, int timeline) {
        this.cluster = cluster;
        this.backup = backup;
        this.timeline = timeline;
        replay();
    }

    private void replay() {
        int current = 0;
        Optional<SimulatedCluster.File> file = Optional.empty();
        for (int record = start(); ; record++) {
            int segment = record / SimulatedCluster.RECORDS;
            if (record == start() || record % SimulatedCluster.RECORDS == 0) {
                file = open(segment, current);
                if (file.isEmpty()) {
                    return;
                }
                current = file.get().timeline();
            }
            int writer = cluster.writer(current, record);
            boolean garbage = record >= cluster.files.get(file.get().toString());
            // Each record names the one before it.
            boolean linked = replayed.isEmpty()
                    || cluster.writer(writer, record - 1)
                            == replayed.get(replayed.size() - 1).writer();
            if (garbage || !linked) {
                return;
            }
            replayed.add(new Replayed(record, writer, file.get()));
        }
    }

    /** {@code XLogFileReadAnyTLI()}. */
    private Optional<SimulatedCluster.File> open(int segment, int current) {
        List<TimelineHistory.Ancestor> ancestors = cluster.history(timeline);
        for (int i = ancestors.size(); i >= 0; i--) {
            int candidate = i == ancestors.size()
                    ? timeline
                    : (int) ancestors.get(i).timeline().value();
            if (candidate < current) {
                break;
            }
            int begin =
                    i == 0 ? 0 : SimulatedCluster.record(ancestors.get(i - 1).switchPoint());
            if (segment < begin / SimulatedCluster.RECORDS) {
                continue;
            }
            Optional<SimulatedCluster.File> file = cluster.find(candidate, segment);
            if (file.isPresent()) {
                return file;
            }
        }
        return Optional.empty();
    }

    private int start() {
        return SimulatedCluster.record(backup.startLsn());
    }

    private int stop() {
        return SimulatedCluster.record(backup.stopLsn());
    }

    BackupSummary backup() {
        return backup;
    }

    /** Whether this recovery goes through the end of a later backup. */
    boolean passes(BackupSummary later) {
        int record = SimulatedCluster.record(later.stopLsn());
        return record > stop()
                && record <= rightUntil()
                && cluster.writer(timeline, record - 1) == later.timeline().value();
    }

    /** Whether the backup lies on the way at all. */
    boolean fits() {
        for (int record = start(); record < stop(); record++) {
            if (cluster.writer(timeline, record) != backup.timeline().value()) {
                return false;
            }
        }
        return true;
    }

    /** The record that would come next when the WAL ends. */
    int end() {
        return start() + replayed.size();
    }

    /** The first record that is another than the timeline's own; {@link #end} if there is none. */
    int rightUntil() {
        return replayed.stream()
                .filter(r -> r.writer() != cluster.writer(timeline, r.record()))
                .findFirst()
                .map(Replayed::record)
                .orElse(end());
    }

    /** Whether a stop before {@code record} leaves a consistent cluster with what the timeline held then. */
    boolean canStopBefore(int record) {
        return fits() && stop() <= record && record <= rightUntil();
    }

    /** Whether going on to the end of the WAL would lose archived WAL, or take WAL of another branch. */
    boolean isBroken() {
        if (rightUntil() < end() || end() < cluster.timeline(timeline).begin()) {
            return true;
        }
        int missing = end() / SimulatedCluster.RECORDS;
        for (int segment = missing + 1; segment < 30; segment++) {
            for (int record = 0; record < SimulatedCluster.RECORDS; record++) {
                int writer = cluster.writer(timeline, segment * SimulatedCluster.RECORDS + record);
                if (cluster.find(writer, segment).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The files that were read for the records before {@code record}, in order. */
    Set<String> files(int record) {
        Set<String> files = new LinkedHashSet<>();
        replayed.stream()
                .filter(r -> r.record() < record)
                .forEach(r -> files.add(r.file().toString()));
        return files;
    }

    List<Replayed> replayed() {
        return replayed;
    }
}
