package org.pgpitr.service.restore;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.BackupManifestFile;
import org.pgpitr.postgres.TablespaceMap;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestEntry.Kind;
import org.pgpitr.repository.backup.ManifestReader;
import org.pgpitr.repository.backup.PathNames;

/**
 * Deals a manifest out to the workers, lane by lane, so that never more than their lanes' entries are in memory; and
 * tells each file to {@code backup_manifest} on the way.
 */
final class LaneFeed {
    /** An entry in little memory: a lane may have a hundred thousand. */
    record Expected(String path, Kind kind, long size, int mode, Instant modified, byte[] sha256, String linkTarget) {
        static Expected of(ManifestEntry entry) {
            return new Expected(
                    entry.path(),
                    entry.kind(),
                    entry.size(),
                    entry.mode(),
                    entry.modified(),
                    entry.sha256().map(HexFormat.of()::parseHex).orElse(null),
                    entry.linkTarget().orElse(null));
        }

        boolean describes(ManifestEntry found) {
            return path.equals(found.path())
                    && kind == found.kind()
                    && size == found.size()
                    && Optional.ofNullable(linkTarget).equals(found.linkTarget());
        }
    }

    /** A lane with what must be in it. */
    record Lane(LaneTotals totals, List<Expected> entries) {}

    private final ManifestReader manifest;
    private final BackupManifestFile listing;
    private int next;
    private ManifestEntry ahead;
    private boolean complete;

    LaneFeed(ManifestReader manifest, BackupManifestFile listing) {
        this.manifest = manifest;
        this.listing = listing;
    }

    /** The next lane to be restored; empty when none is left. */
    synchronized Optional<Lane> next() throws IOException {
        if (next == manifest.lanes().size()) {
            return Optional.empty();
        }
        LaneTotals totals = manifest.lanes().get(next++);
        List<Expected> entries = new ArrayList<>();
        if (ahead == null) {
            advance();
        }
        while (ahead != null && ahead.position().orElseThrow().lane() == totals.lane()) {
            EntryName.check(ahead);
            list(ahead);
            entries.add(Expected.of(ahead));
            advance();
        }
        return Optional.of(new Lane(totals, entries));
    }

    private void advance() {
        ahead = manifest.next().orElse(null);
        complete = ahead == null;
    }

    /** The tablespace map is listed when it is known how it comes out. */
    private void list(ManifestEntry entry) throws IOException {
        if (entry.kind() == Kind.FILE
                && !entry.path().equals(TablespaceMap.PATH)
                && !RecoveryFiles.isLeftOut(entry.path())) {
            listing.file(PathNames.bytes(entry.path()), entry.size(), entry.modified(), entry.sha256());
        }
    }

    /** Whether all lanes were dealt out and the manifest has proved to be complete. */
    synchronized boolean isComplete() {
        return complete && next == manifest.lanes().size();
    }
}
