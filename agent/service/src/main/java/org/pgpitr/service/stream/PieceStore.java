package org.pgpitr.service.stream;

import java.util.Collection;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.SegmentCheck;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.StorageException;

/** The pieces of one repository, as a receiver stores and deletes them: it may have to do without deleting. */
final class PieceStore {
    /** A piece is encoded in memory, while segments are in other threads; where more has come, several leave. */
    private static final int ENCODED_AT_ONCE = 4 << 20;

    private final Generation generation;
    private final StreamArchive pieces;
    private final int pieceBytes;
    private volatile boolean deletes = true;

    /** @param pieceBytes no piece is bigger */
    PieceStore(Generation generation, int pieceBytes) {
        this.generation = generation;
        this.pieces = new StreamArchive(generation);
        this.pieceBytes = Math.min(pieceBytes, ENCODED_AT_ONCE);
    }

    StreamArchive pieces() {
        return pieces;
    }

    int pieceBytes() {
        return pieceBytes;
    }

    /** Whether deleting may work. Without it there is no use in folding. */
    boolean deletes() {
        return deletes;
    }

    /**
     * Tries to; what can't be deleted does no harm.
     *
     * @return whether there is no use in trying it again
     */
    boolean delete(Collection<Piece> covered) {
        try {
            if (!pieces.delete(covered).isEmpty()) {
                deletes = false;
            }
            return true;
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.INTERRUPTED) {
                throw e;
            }
            if (!e.isRetryable()) {
                deletes = false;
            }
            return false;
        }
    }

    /** @throws PgpitrException unless that is the beginning of this segment, and of this cluster */
    void requireFit(ReceivedSegment segment, byte[] beginning) {
        SegmentCheck.misfit(
                        segment.name(),
                        generation.identity(),
                        generation.identity().segmentSize().bytes(),
                        beginning)
                .ifPresent(misfit -> {
                    throw new PgpitrException(
                            misfit.kind() == SegmentCheck.Kind.OTHER_CLUSTER ? ExitCode.WAL_CONFLICT : ExitCode.CORRUPT,
                            "WAL segment " + segment.name() + ", as PostgreSQL sends it, " + misfit.what(),
                            "`name` in [cluster] may be another cluster's; run `pgpitr check`");
                });
    }
}
