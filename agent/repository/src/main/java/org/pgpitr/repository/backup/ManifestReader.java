package org.pgpitr.repository.backup;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.ManifestEntry.Kind;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/**
 * Reads a manifest as a stream: totals and lanes at once, entries one by one, lane by lane in the order of each lane.
 *
 * <p>For one thread. Methods fail with a {@link PgpitrException} CORRUPT if the manifest is damaged or incomplete,
 * NO_KEY if it can't be decrypted, USAGE if there is no such backup, and with a {@link StorageException} if the store
 * does not deliver.
 */
public final class ManifestReader implements AutoCloseable {
    /** Enough for a header and what the codec puts around it. */
    private static final int HEADER_BYTES = 256 << 10;

    private final Generation generation;
    private final ObjectKey key;
    private final JsonParser json;
    private final BackupSummary summary;
    private final List<LaneTotals> lanes = new ArrayList<>();
    private int lane;
    private long entriesInLane;
    private long files;
    private long bytes;

    private ManifestReader(Generation generation, BackupId id, InputStream stored) {
        this.generation = generation;
        this.key = generation.layout().manifest(id.value());
        InputStream plain = stored;
        boolean ready = false;
        try {
            plain = generation.codec().decode(key, stored);
            json = ManifestJson.parser(plain);
            summary = ManifestJson.next(json, ManifestHeader::parse).orElseThrow(() -> damaged("it is empty", null));
            if (!summary.id().equals(id)) {
                throw damaged("it is the one of backup " + summary.id(), null);
            }
            ready = true;
        } catch (IOException e) {
            throw failure(e);
        } finally {
            if (!ready) {
                closeQuietly(plain);
            }
        }
    }

    /** The totals of a backup, from the first bytes of its manifest. */
    public static BackupSummary summary(Generation generation, BackupId id) {
        return find(generation, id).orElseThrow(() -> noBackup(generation, id));
    }

    /** As {@link #summary}; empty if the store says that there is no such backup. */
    static Optional<BackupSummary> find(Generation generation, BackupId id) {
        Optional<InputStream> beginning =
                generation.store().open(generation.layout().manifest(id.value()), ByteRange.first(HEADER_BYTES));
        if (beginning.isEmpty()) {
            return Optional.empty();
        }
        try (ManifestReader reader = new ManifestReader(generation, id, beginning.get())) {
            return Optional.of(reader.summary);
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
        }
        // damaged, or with a header so long that it was cut off: the whole tells
        try (ManifestReader reader = open(generation, id)) {
            return Optional.of(reader.summary);
        }
    }

    /** Opens a manifest and reads its totals and lanes. */
    public static ManifestReader open(Generation generation, BackupId id) {
        InputStream stored = generation
                .store()
                .open(generation.layout().manifest(id.value()))
                .orElseThrow(() -> noBackup(generation, id));
        ManifestReader reader = new ManifestReader(generation, id, stored);
        try {
            reader.readLanes();
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
        return reader;
    }

    private static PgpitrException noBackup(Generation generation, BackupId id) {
        return new PgpitrException(
                ExitCode.USAGE,
                "there is no backup " + id + " in " + generation,
                "see `pgpitr list`; a backup that was interrupted is none");
    }

    private void readLanes() {
        long stored = 0;
        for (int i = 0; i < summary.lanes(); i++) {
            LaneTotals totals = line(ManifestJson::lane).orElseThrow(() -> damaged("it ends early", null));
            if (totals.lane() != i) {
                throw damaged("lane " + i + " is missing", null);
            }
            stored += totals.storedBytes();
            lanes.add(totals);
        }
        if (stored != summary.storedBytes()) {
            throw damaged("its totals don't fit its lanes", null);
        }
    }

    public BackupSummary summary() {
        return summary;
    }

    /** All lanes in order. */
    public List<LaneTotals> lanes() {
        return List.copyOf(lanes);
    }

    /** The next entry; empty behind the last one, when the manifest has proved to be complete. */
    public Optional<ManifestEntry> next() {
        Optional<ManifestEntry> next = line(ManifestJson::entry);
        if (next.isPresent()) {
            count(next.get());
        } else {
            passCompleteLanes(lanes.size() - 1);
            if (!isLaneComplete()
                    || lane < lanes.size() - 1
                    || files != summary.files()
                    || bytes != summary.originalBytes()) {
                throw damaged("it ends early", null);
            }
        }
        return next;
    }

    private boolean isLaneComplete() {
        return lanes.isEmpty() || entriesInLane == lanes.get(lane).entries();
    }

    private void passCompleteLanes(int upTo) {
        while (lane < upTo && isLaneComplete()) {
            lane++;
            entriesInLane = 0;
        }
    }

    private void count(ManifestEntry entry) {
        int entryLane = entry.position().orElseThrow().lane();
        passCompleteLanes(Math.min(entryLane, lanes.size() - 1));
        if (entryLane != lane || lanes.isEmpty()) {
            throw damaged("entry \"" + entry.path() + "\" stands in the wrong place", null);
        }
        entriesInLane++;
        if (entry.kind() == Kind.FILE) {
            if (entry.sha256().isEmpty()) {
                throw damaged("entry \"" + entry.path() + "\" has no digest", null);
            }
            files++;
            bytes += entry.size();
        }
    }

    private <T> Optional<T> line(ManifestJson.Reading<T> reading) {
        try {
            return ManifestJson.next(json, reading);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private RuntimeException failure(IOException e) {
        return e instanceof JsonProcessingException || e instanceof CharConversionException
                ? damaged(e.getMessage(), e)
                : StoredContent.brokenOff(generation.store(), key, e);
    }

    private PgpitrException damaged(String how, Exception cause) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "manifest " + key + " is damaged: " + how,
                "use another backup; see `pgpitr list`",
                cause);
    }

    @Override
    public void close() {
        closeQuietly(json);
    }

    /** What was read is already judged; what remains of the stream is of no interest. */
    private static void closeQuietly(java.io.Closeable stream) {
        try {
            stream.close();
        } catch (IOException alreadyRead) {
            return;
        }
    }
}
