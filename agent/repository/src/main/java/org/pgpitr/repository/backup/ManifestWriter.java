package org.pgpitr.repository.backup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Comparator;
import java.util.List;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.repository.backup.ManifestEntry.Kind;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/**
 * Writes the manifest, which makes a backup of the lanes. Entries may come from several threads; they wait in a
 * temporary file, so memory stays bounded however many there are. The manifest lists them lane by lane, in the order
 * of the lane's tar stream, behind a header with every total.
 */
public final class ManifestWriter implements AutoCloseable {
    private final Generation generation;
    private final BackupId id;
    private final ManifestSpool spool;
    private long files;
    private long originalBytes;
    private long entries;

    /** @throws PgpitrException DISK_UNAVAILABLE, as all methods here, if there is no room for temporary files */
    public ManifestWriter(Generation generation, BackupId id) {
        this.generation = generation;
        this.id = id;
        this.spool = new ManifestSpool(TemporaryFolder.standard());
    }

    /**
     * Adds an entry. Entries of one lane come in the order of the lane.
     *
     * @param entry with its position and, if a file, its digest
     */
    public synchronized void add(ManifestEntry entry) {
        int lane = entry.position()
                .orElseThrow(() -> new IllegalArgumentException(entry.path() + " has no position"))
                .lane();
        if (entry.kind() == Kind.FILE) {
            if (entry.sha256().isEmpty()) {
                throw new IllegalArgumentException(entry.path() + " has no digest");
            }
            files++;
            originalBytes += entry.size();
        }
        entries++;
        spool.add(lane, ManifestJson.line(entry));
    }

    /** Frees the memory of a lane that gets no more entries. */
    public synchronized void endLane(int lane) {
        spool.end(lane);
    }

    /** How many files were added, not counting directories and links. */
    public synchronized long files() {
        return files;
    }

    /** The size of all files that were added. */
    public synchronized long originalBytes() {
        return originalBytes;
    }

    /**
     * Stores the manifest: from now on the backup exists.
     *
     * @param summary whose totals are those of the entries and lanes
     * @param lanes all of them, in any order; numbered from 0 without a hole
     */
    public synchronized void commit(BackupSummary summary, List<LaneTotals> lanes) {
        List<LaneTotals> ordered =
                lanes.stream().sorted(Comparator.comparingInt(LaneTotals::lane)).toList();
        check(summary, ordered);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(ManifestHeader.line(summary));
        ordered.forEach(lane -> head.writeBytes(ManifestJson.line(lane)));
        ObjectKey key = generation.layout().manifest(id.value());
        try (Encoded encoded = generation.codec().encode(plaintext(head.toByteArray()))) {
            ObjectStore store = generation.store();
            if (store.putIfAbsent(key, encoded.content()) == ObjectStore.PutResult.EXISTS
                    && !StoredContent.isSame(store, key, encoded.content())) {
                throw new PgpitrException(
                        ExitCode.LOCKED,
                        "backup " + id + " exists already: another process has taken one of the same name",
                        "run the backup again");
            }
        } catch (IOException e) {
            throw TemporaryFolder.standard().failed(e); // all that is read is the spool's
        }
    }

    private void check(BackupSummary summary, List<LaneTotals> lanes) {
        long laneEntries = 0;
        long stored = 0;
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i).lane() != i) {
                throw new IllegalArgumentException("lane " + i + " is missing");
            }
            laneEntries += lanes.get(i).entries();
            stored += lanes.get(i).storedBytes();
        }
        if (!summary.id().equals(id)
                || summary.lanes() != lanes.size()
                || summary.files() != files
                || summary.originalBytes() != originalBytes
                || summary.storedBytes() != stored
                || laneEntries != entries) {
            throw new IllegalArgumentException("the totals are not those of the entries and lanes: " + summary + ", "
                    + files + " files in " + originalBytes + " bytes, " + entries + " entries, " + lanes);
        }
    }

    private Content plaintext(byte[] head) {
        long length = head.length + spool.length();
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() {
                return new SequenceInputStream(new ByteArrayInputStream(head), spool.open());
            }
        };
    }

    /** Removes the temporary file. */
    @Override
    public void close() {
        spool.close();
    }
}
