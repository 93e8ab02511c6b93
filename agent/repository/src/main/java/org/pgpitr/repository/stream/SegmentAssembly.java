package org.pgpitr.repository.stream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.PlacedFile;
import org.pgpitr.repository.archive.SegmentCheck;
import org.pgpitr.repository.codec.DecodedFile;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Puts a segment together; see {@link StreamArchive#assemble}. */
final class SegmentAssembly {
    /** A receiver that is at work replaces small pieces by bigger ones; each time it does is one attempt lost. */
    private static final int ATTEMPTS = 10;

    private static final int BUFFER = 1 << 17;

    private final Generation generation;
    private final StreamArchive archive;
    private final WalSegmentSize size;

    SegmentAssembly(Generation generation, StreamArchive archive) {
        this.generation = generation;
        this.archive = archive;
        this.size = generation.identity().segmentSize();
    }

    Optional<StreamedSegment> assemble(WalSegmentName segment, Path destination) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Piece> pieces = archive.pieces(segment);
            PieceChain chain = PieceChain.from(segment.start(size), pieces);
            if (chain.end().minus(segment.start(size)) < WalSegmentHeader.LENGTH) {
                return Optional.empty();
            }
            Optional<StreamedSegment> assembled = assemble(segment, chain, destination);
            if (assembled.isPresent()) {
                return assembled;
            }
        }
        throw new StorageException(
                StorageException.Kind.UNAVAILABLE,
                "the pieces of WAL segment " + segment + " in "
                        + generation.store().location() + " changed " + ATTEMPTS + " times while they were read");
    }

    /** Empty if a piece went away meanwhile. */
    private Optional<StreamedSegment> assemble(WalSegmentName segment, PieceChain chain, Path destination) {
        PlacedFile file = new PlacedFile(destination);
        boolean done = false;
        try {
            Lsn end = segment.start(size);
            for (Piece piece : chain.pieces()) {
                Optional<InputStream> stored = archive.open(piece);
                if (stored.isEmpty()) {
                    return Optional.empty();
                }
                copy(piece, stored.get(), segment.start(size), end, file);
                end = piece.to().isAfter(end) ? piece.to() : end;
            }
            requireFit(segment, file.read(0, WalSegmentHeader.LENGTH));
            file.extend(size.bytes());
            done = true;
            return Optional.of(new StreamedSegment(segment.start(size), end, file));
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /** Writes what lies behind {@code end} and compares what lies before it. */
    private void copy(Piece piece, InputStream stored, Lsn start, Lsn end, PlacedFile file) {
        ObjectKey key = archive.key(piece);
        try (DecodedFile decoded = generation.codec().decodeFile(key, stored)) {
            if (!decoded.tag().file().equals(piece.tagName()) || decoded.tag().size() != piece.length()) {
                throw damaged(key, "it holds " + decoded.tag().file());
            }
            byte[] buffer = new byte[BUFFER];
            Lsn at = piece.from();
            for (int n = decoded.content().read(buffer);
                    n >= 0;
                    n = decoded.content().read(buffer)) {
                int known = (int) Math.max(0, Math.min(n, end.minus(at)));
                compare(piece, at, buffer, file.read(at.minus(start), known));
                file.write(at.plus(known).minus(start), buffer, known, n - known);
                at = at.plus(n);
            }
        } catch (IOException e) {
            throw archive.notRead(key, e);
        }
    }

    private static void compare(Piece piece, Lsn at, byte[] here, byte[] before) {
        int different = Arrays.mismatch(here, 0, before.length, before, 0, before.length);
        if (different >= 0) {
            throw Conflicts.amongPieces(piece, at.plus(different));
        }
    }

    private void requireFit(WalSegmentName segment, byte[] beginning) {
        SegmentCheck.misfit(segment, generation.identity(), size.bytes(), beginning)
                .ifPresent(misfit -> {
                    throw new PgpitrException(
                            ExitCode.CORRUPT,
                            "the stored stream of WAL segment " + segment + " " + misfit.what(),
                            "the repository's storage has changed it, or it was written by other means");
                });
    }

    private static PgpitrException damaged(ObjectKey key, String what) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "object " + key + " is damaged: " + what,
                "the repository's storage or its transport has changed it; if another repository holds it, use that one");
    }
}
