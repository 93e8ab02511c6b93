package org.pgpitr.service.backup;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.pgpitr.cluster.BackupStop;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.postgres.BackupLabel;
import org.pgpitr.postgres.TablespaceMap;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.DamagedPage;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.LaneWriter;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.backup.Tablespace;
import org.pgpitr.service.PgpitrVersion;

/**
 * A backup that the server has ended.
 *
 * @param started when the server had begun it
 * @param label what {@code stop} says in its {@code backup_label}
 * @param control {@code pg_control} as it was just before the end
 */
record EndedBackup(Instant started, BackupStop stop, BackupLabel label, LocalControlFile control) {
    TimelineId timeline() {
        return label.startTimeline();
    }

    /** Stores the last lane: what only the end has brought, and {@code pg_control} behind it. */
    void store(Lanes lanes) {
        try (LaneWriter last = lanes.open()) {
            storeText(lanes, last, BackupLabel.PATH, stop.backupLabel());
            if (!stop.tablespaceMap().isEmpty()) {
                storeText(lanes, last, TablespaceMap.PATH, stop.tablespaceMap());
            }
            lanes.writeFile(last, control.header(), control.bytes());
            lanes.finish(last);
        }
    }

    private void storeText(Lanes lanes, LaneWriter last, String path, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        lanes.writeFile(
                last, ManifestEntry.file(path, content.length, control.header().mode(), stop.stopped()), content);
    }

    /**
     * The backup with all its totals.
     *
     * @param tablespaceNames by oid
     * @param manifest holds all entries
     * @param lanes all of them
     */
    BackupSummary summary(
            BackupId id,
            ServerFacts facts,
            Map<Long, String> tablespaceNames,
            List<DamagedPage> damagedPages,
            ManifestWriter manifest,
            List<LaneTotals> lanes) {
        return new BackupSummary(
                id,
                facts.systemIdentifier(),
                facts.major(),
                facts.version(),
                PgpitrVersion.current(),
                label.label(),
                started,
                stop.stopped(),
                timeline(),
                label.startLsn(),
                stop.stopLsn(),
                facts.segmentSize(),
                label.from().equals("standby") ? BackupSummary.Source.STANDBY : BackupSummary.Source.PRIMARY,
                stop.xmin(),
                stop.nextXid(),
                facts.checksums() == ServerFacts.Checksums.ON
                        ? BackupSummary.Checksums.ON
                        : BackupSummary.Checksums.OFF,
                tablespaces(facts, tablespaceNames),
                damagedPages,
                manifest.files(),
                manifest.originalBytes(),
                lanes.stream().mapToLong(LaneTotals::storedBytes).sum(),
                lanes.size());
    }

    /** Those with a directory of their own; one in place stands among the files. */
    private List<Tablespace> tablespaces(ServerFacts facts, Map<Long, String> names) {
        return TablespaceMap.parse(facts.major(), stop.tablespaceMap()).entries().stream()
                .filter(entry -> entry.location().startsWith("/"))
                .map(entry -> new Tablespace(
                        entry.oid(), names.getOrDefault(entry.oid(), Long.toString(entry.oid())), entry.location()))
                .toList();
    }
}
