package org.pgpitr.cli.output;

import java.time.Duration;
import java.util.Locale;
import org.pgpitr.repository.backup.BackupSummary;

/** A backup for programs. */
public final class BackupJson {
    private BackupJson() {}

    /** @param generation of the cluster, counted from 1 */
    public static JsonObject of(BackupSummary backup, int generation) {
        return new JsonObject()
                .put("id", backup.id())
                .put("generation", generation)
                .put("label", backup.label())
                .put("started", backup.started())
                .put("stopped", backup.stopped())
                .put("seconds", Duration.between(backup.started(), backup.stopped()))
                .put("original_bytes", backup.originalBytes())
                .put("stored_bytes", backup.storedBytes())
                .put("files", backup.files())
                .put("timeline", backup.timeline().value())
                .put("start_lsn", backup.startLsn())
                .put("stop_lsn", backup.stopLsn())
                .put("first_wal", backup.startSegment())
                .put("last_wal", backup.stopSegment())
                .put("system_identifier", backup.systemIdentifier())
                .put("postgresql", backup.serverVersion())
                .put("pgpitr", backup.pgpitrVersion())
                .put("source", backup.source().name().toLowerCase(Locale.ROOT))
                .put("checksums", backup.checksums() == BackupSummary.Checksums.ON)
                .put(
                        "damaged_pages",
                        backup.damagedPages().stream()
                                .map(page -> new JsonObject()
                                        .put("path", page.path())
                                        .put("block", page.block()))
                                .toList())
                .put(
                        "tablespaces",
                        backup.tablespaces().stream()
                                .map(tablespace -> new JsonObject()
                                        .put("oid", tablespace.oid())
                                        .put("name", tablespace.name())
                                        .put("location", tablespace.location()))
                                .toList());
    }
}
