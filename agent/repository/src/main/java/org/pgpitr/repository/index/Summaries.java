package org.pgpitr.repository.index;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.codec.DecodedFile;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Reads the summary that stands in a segment's object. Safe for several threads. */
public final class Summaries {
    /** Holds nearly every summary. */
    private static final int BEGINNING = 32 << 10;
    /** An age header, and one chunk of an age file, which is decrypted as a whole. */
    private static final int ENCRYPTED_BEGINNING = 72 << 10;

    /** So much of whole segments is in memory at a time, or one that is larger. */
    private static final long WHOLE = 64 << 20;

    private final Generation generation;
    private final Semaphore whole;

    public Summaries(Generation generation) {
        this.generation = generation;
        this.whole = new Semaphore(
                (int) Math.max(1, WHOLE / generation.identity().segmentSize().bytes()));
    }

    /**
     * The summary of an archived segment, whole or partial: as it stands in its object, or made from its WAL where none
     * does, or none that can be read.
     *
     * @return empty if the store says that there is no such segment
     * @throws PgpitrException CORRUPT, NO_KEY
     * @throws org.pgpitr.postgres.wal.BrokenWalException if its WAL was archived unread, and is broken
     * @throws StorageException if the store does not answer
     */
    public Optional<SegmentSummary> read(WalFileName name) {
        ObjectKey key = generation.layout().wal(name);
        boolean plain = generation.identity().encryption() == ClusterIdentity.Encryption.NONE;
        try {
            Optional<byte[]> annex;
            try {
                Optional<InputStream> beginning =
                        generation.store().open(key, ByteRange.first(plain ? BEGINNING : ENCRYPTED_BEGINNING));
                if (beginning.isEmpty()) {
                    return Optional.empty();
                }
                annex = annex(key, beginning.get());
            } catch (EOFException e) {
                annex = wholeAnnex(key);
            } catch (PgpitrException e) {
                if (plain || e.exitCode() != ExitCode.CORRUPT) {
                    throw e;
                }
                // A cut age file looks damaged.
                annex = wholeAnnex(key);
            }
            Optional<SegmentSummary> stored = annex.flatMap(bytes -> parsed(name, bytes));
            return stored.isPresent() ? stored : made(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.INTERRUPTED, "interrupted while reading " + key, e);
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.UNAVAILABLE,
                    "can't read " + key + " in " + generation.store().location() + ": " + e.getMessage(),
                    e);
        }
    }

    private Optional<SegmentSummary> made(WalFileName name) throws IOException, InterruptedException {
        whole.acquire();
        try {
            return SegmentInspection.summary(name, Content.of(new WalArchive(generation).read(name)));
        } finally {
            whole.release();
        }
    }

    /** From the whole object, of which it is known whether it is cut off. */
    private Optional<byte[]> wholeAnnex(ObjectKey key) throws IOException {
        InputStream stored = generation
                .store()
                .open(key)
                .orElseThrow(() -> new StorageException(
                        StorageException.Kind.UNAVAILABLE, "object " + key + " was there and is gone"));
        try (DecodedFile file = generation.codec().decodeFile(key, stored)) {
            return file.annex();
        }
    }

    private Optional<byte[]> annex(ObjectKey key, InputStream stored) throws IOException {
        try (stored) {
            return generation.codec().annex(key, stored);
        }
    }

    /** Empty if it can't be read: then the WAL tells, which the summary was made of. */
    private static Optional<SegmentSummary> parsed(WalFileName name, byte[] annex) {
        WalSegmentName segment = name instanceof PartialSegmentName partial ? partial.segment() : (WalSegmentName) name;
        try {
            return Optional.of(SummaryFormat.parse(annex))
                    .filter(summary -> summary.segment().equals(segment) && summary.segments() == 1);
        } catch (InvalidFormatException e) {
            return Optional.empty();
        }
    }
}
