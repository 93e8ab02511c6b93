package org.pgpitr.service.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.PieceChain;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamedSegment;
import org.pgpitr.storage.ObjectKey;

/**
 * Verifies the pieces of a segment: each one's digest, that they agree where they overlap, and that the WAL that they make
 * up can be read up to their end, but for the record that is cut there.
 */
final class StreamVerification {
    private static final int PAGE = 8192;
    private static final int PAGE_HEADER = 40;

    private final Generation generation;
    private final WalSegmentSize size;
    private final Findings findings;
    private final Tally tally;
    private final StreamArchive archive;

    StreamVerification(Generation generation, Findings findings, Tally tally) {
        this.generation = generation;
        this.size = generation.identity().segmentSize();
        this.findings = findings;
        this.tally = tally;
        this.archive = new StreamArchive(generation);
    }

    /**
     * Whether nothing was found.
     *
     * @param neededTo no record that begins there or later is needed: a broken one is no damage
     * @param nothing answers where there is nothing to put together: nothing of its beginning, or archived meanwhile
     */
    boolean check(WalSegmentName segment, PieceChain chain, Lsn neededTo, BooleanSupplier nothing) {
        ObjectKey object = chain.pieces().isEmpty()
                ? generation.layout().wal(segment)
                : archive.key(chain.pieces().get(0));
        Path folder = temporary();
        try {
            Optional<StreamedSegment> assembled = archive.assemble(segment, folder.resolve("segment"));
            if (assembled.isEmpty()) {
                return nothing.getAsBoolean();
            }
            try (StreamedSegment streamed = assembled.get()) {
                tally.walBytes.add(streamed.end().minus(segment.start(size)));
                Optional<String> defect = generation.identity().major().isKnown()
                        ? defect(segment, streamed, neededTo)
                        : Optional.empty();
                defect.ifPresent(how -> damaged(
                        segment, object, "the stream of WAL segment " + segment + " can't be replayed: " + how));
                return defect.isEmpty();
            }
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT && e.exitCode() != ExitCode.WAL_CONFLICT) {
                throw e;
            }
            damaged(segment, blamed(chain, e).orElse(object), e.getMessage());
            return false;
        } finally {
            delete(folder);
        }
    }

    /** The piece that the message names. */
    private Optional<ObjectKey> blamed(PieceChain chain, PgpitrException e) {
        return chain.pieces().stream()
                .map((Piece piece) -> archive.key(piece))
                .filter(key -> e.getMessage().contains(key.value()))
                .findFirst();
    }

    private void damaged(WalSegmentName segment, ObjectKey object, String how) {
        findings.add(new WalFinding.WalDamaged(segment, object, how, Optional.empty()));
    }

    private Optional<String> defect(WalSegmentName segment, StreamedSegment streamed, Lsn neededTo) {
        byte[] bytes = streamed.bytes();
        Lsn start = segment.start(size);
        WalRecord record = new WalRecord();
        WalReader reader = behindTheSegmentBefore(segment, record);
        Lsn end;
        try {
            reader.open(segment, bytes);
            while (reader.next(record)) {
                tally.walRecords.increment();
            }
            end = reader.walEnd();
        } catch (BrokenWalException e) {
            return !e.lsn().isBefore(neededTo) || isCut(bytes, start, e.lsn(), streamed.end())
                    ? Optional.empty()
                    : Optional.of(e.getMessage());
        }
        return !end.isBefore(neededTo) || isCut(bytes, start, end, streamed.end())
                ? Optional.empty()
                : Optional.of("its WAL is broken at " + end + ", before its end at " + streamed.end());
    }

    /** As far as that one is there and sound: what is wrong with it is found elsewhere. */
    private WalReader behindTheSegmentBefore(WalSegmentName segment, WalRecord record) {
        WalSegmentName before = WalSegmentName.of(segment.timeline(), segment.number(size) - 1, size);
        byte[] buffer = new byte[size.bytes()];
        try {
            WalReader reader = new WalReader(generation.identity().major(), size);
            if (new ArchivedFile(generation, before).read(buffer) == size.bytes()) {
                reader.open(before, buffer);
                while (reader.next(record)) {
                    continue;
                }
                return reader;
            }
        } catch (BrokenWalException e) {
            return new WalReader(generation.identity().major(), size);
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
        }
        return new WalReader(generation.identity().major(), size);
    }

    /** Whether the record that began in the segment before goes on behind what is there ({@code xlp_rem_len}). */
    private static boolean isFrontCut(byte[] bytes, long there) {
        long rest = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(16) & 0xFFFF_FFFFL;
        return rest + (rest / PAGE + 2) * PAGE_HEADER > there;
    }

    /**
     * Whether what stands at {@code at}, and could not be read, is a record that goes on behind {@code end}; it may have
     * begun in the segment before.
     */
    private static boolean isCut(byte[] bytes, Lsn start, Lsn at, Lsn end) {
        if (at.isBefore(start)) {
            return isFrontCut(bytes, end.minus(start));
        }
        int from = (int) at.minus(start);
        int to = (int) Math.min(bytes.length, end.minus(start));
        if (to - from <= PAGE_HEADER + Integer.BYTES) {
            return true;
        }
        int aligned = (from + 7) / 8 * 8;
        int record = aligned % PAGE == 0 ? aligned + (aligned == 0 ? PAGE_HEADER : PAGE_HEADER - 16) : aligned;
        long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(record) & 0xFFFF_FFFFL;
        if (length == 0) {
            return isZero(bytes, record, to);
        }
        return record + length + (length / PAGE + 2) * PAGE_HEADER > to;
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("pgpitr-verify");
        } catch (IOException e) {
            throw new UncheckedIOException("can't make a temporary folder", e);
        }
    }

    private static void delete(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("can't remove the temporary folder " + folder, e);
        }
    }
}
