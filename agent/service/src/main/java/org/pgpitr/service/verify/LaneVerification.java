package org.pgpitr.service.verify;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.BackupSummary.Checksums;
import org.pgpitr.repository.backup.LaneReader;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestEntry.Kind;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.service.Progress;

/**
 * Verifies one lane of a backup: that it decrypts, decompresses and is the tar stream that the manifest tells, each
 * file's SHA-256, and each page's checksum where the cluster has them.
 */
final class LaneVerification {
    /** A multiple of every page size. */
    private static final int CHUNK = 256 << 10;

    private final Generation generation;
    private final BackupSummary backup;
    private final LaneTotals lane;
    private final List<ExpectedEntry> entries;
    private final Optional<PageScan> pages;
    private final Findings findings;
    private final Tally tally;
    private final Progress progress;
    private final MessageDigest digest = Sha256.begin();
    private final byte[] chunk = new byte[CHUNK];
    private boolean clean = true;

    LaneVerification(Generation generation, LanePieces.Lane piece, Findings findings, Tally tally, Progress progress) {
        this.generation = generation;
        this.backup = piece.backup().summary();
        this.lane = piece.totals();
        this.entries = piece.entries();
        this.pages = piece.control()
                .filter(file -> backup.checksums() == Checksums.ON)
                .map(file -> new PageScan(file, backup.startLsn(), backup.stopLsn()));
        this.findings = findings;
        this.tally = tally;
        this.progress = progress;
    }

    /** Whether nothing was found. */
    boolean run(Executor readAhead) {
        try (LaneReader reader = new LaneReader(generation, backup.id(), lane, readAhead)) {
            for (ExpectedEntry entry : entries) {
                Optional<ManifestEntry> found = reader.next();
                if (found.isEmpty() || !entry.describes(found.get())) {
                    broken("lane " + lane.lane() + " of backup " + backup.id() + " has "
                            + found.map(f -> "\"" + f.path() + "\"").orElse("nothing")
                            + " where the manifest says \"" + entry.path() + "\"");
                    return false;
                }
                if (entry.kind() == Kind.FILE) {
                    file(entry, reader);
                }
            }
            Optional<ManifestEntry> extra = reader.next();
            if (extra.isPresent()) {
                broken("lane " + lane.lane() + " of backup " + backup.id() + " has \""
                        + extra.get().path() + "\", which is not in the manifest");
            }
            tally.lanes.increment();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.NO_KEY) {
                findings.add(new RepositoryFinding.NotDecrypted(
                        "lane " + lane.lane() + " of backup " + backup.id(), e.getMessage()));
                return false;
            }
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
            unreadable(e);
        }
        return clean;
    }

    private void file(ExpectedEntry entry, LaneReader reader) {
        digest.reset();
        Optional<Long> firstBlock = pages.flatMap(scan -> scan.begin(entry.path()));
        byte[] control = entry.path().equals(ControlFileReader.PATH) ? new byte[ControlFileReader.LENGTH] : null;
        long done = 0;
        for (int n = fill(reader); n > 0; n = fill(reader)) {
            digest.update(chunk, 0, n);
            if (firstBlock.isPresent()) {
                pages.get().scan(chunk, n, firstBlock.get() + done / pages.get().blockSize());
            }
            if (control != null && done == 0) {
                System.arraycopy(chunk, 0, control, 0, Math.min(n, control.length));
            }
            done += n;
            progress.advance(n);
        }
        if (done != entry.size() || !MessageDigest.isEqual(digest.digest(), entry.sha256())) {
            damaged(entry.path(), "is not what was backed up: its SHA-256 differs from the manifest's");
            return;
        }
        tally.files.increment();
        tally.fileBytes.add(done);
        if (firstBlock.isPresent()) {
            pages(entry.path(), pages.get());
        }
        if (control != null) {
            ControlFileReader.defect(Arrays.copyOf(control, control.length), generation.identity())
                    .ifPresent(defect -> damaged(entry.path(), defect));
        }
    }

    private void pages(String path, PageScan scan) {
        tally.pages.add(scan.pages());
        if (scan.count() > 0) {
            clean = false;
            findings.add(new BackupFinding.PagesDamaged(backup.id(), path, scan.damaged(), scan.count()));
        }
    }

    private int fill(LaneReader reader) {
        int length = 0;
        while (length < CHUNK) {
            int n = reader.read(chunk, length, CHUNK - length);
            if (n < 0) {
                break;
            }
            length += n;
        }
        return length;
    }

    private void damaged(String path, String how) {
        clean = false;
        findings.add(new BackupFinding.FileDamaged(backup.id(), path, how));
    }

    private void broken(String message) {
        clean = false;
        findings.add(new BackupFinding.LaneDamaged(backup.id(), lane.lane(), message));
    }

    /** Something in the lane can't be read: finds out which objects it is, all of them, and which files they hold. */
    private void unreadable(PgpitrException reason) {
        clean = false;
        if (isDeleted(generation, backup.id())) {
            return;
        }
        LaneProbe probe = new LaneProbe(generation, backup.id(), findings);
        if (!probe.run(lane)) {
            broken(reason.getMessage());
            return;
        }
        List<ExpectedEntry> lost = lost(probe.bad());
        if (!lost.isEmpty()) {
            findings.add(new BackupFinding.FilesLost(
                    backup.id(),
                    lane.lane(),
                    lost.get(0).path(),
                    lost.get(lost.size() - 1).path(),
                    lost.size()));
        }
    }

    /** A backup is deleted manifest first: what vanishes behind it was not lost. */
    private static boolean isDeleted(Generation generation, BackupId id) {
        return generation.store().stat(generation.layout().manifest(id.value())).isEmpty();
    }

    private List<ExpectedEntry> lost(Set<Integer> objects) {
        List<ExpectedEntry> lost = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            ExpectedEntry entry = entries.get(i);
            int last = i + 1 < entries.size() ? entries.get(i + 1).sequence() : lane.objects() - 1;
            boolean touched = objects.stream().anyMatch(o -> o >= entry.sequence() && o <= last);
            if (touched && entry.kind() == Kind.FILE) {
                lost.add(entry);
            }
        }
        return lost;
    }
}
