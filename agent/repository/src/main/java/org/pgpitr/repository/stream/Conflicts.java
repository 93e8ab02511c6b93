package org.pgpitr.repository.stream;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;

/** Contents that should be the same and are not, in the user's words. */
final class Conflicts {
    private Conflicts() {}

    static PgpitrException withServer(Piece piece) {
        return new PgpitrException(
                ExitCode.WAL_CONFLICT,
                "the stored stream holds other WAL from " + piece + " than the server sends",
                "another cluster may be streaming into this repository, or this server has lost WAL that it had made "
                        + "durable (fsync = off, or a disk put back to an older state); run `pgpitr check`");
    }

    static PgpitrException amongPieces(Piece piece, Lsn at) {
        return new PgpitrException(
                ExitCode.WAL_CONFLICT,
                "the stored stream contradicts itself at " + at + ": the piece from " + piece
                        + " holds other WAL than the pieces before it",
                "two servers have streamed the same timeline into this repository; recover up to a target before that "
                        + "position, or from another repository");
    }

    static PgpitrException amongRepositories(Lsn at) {
        return new PgpitrException(
                ExitCode.WAL_CONFLICT,
                "the streams stored in two repositories contradict each other at " + at,
                "choose one with `--repository`");
    }
}
