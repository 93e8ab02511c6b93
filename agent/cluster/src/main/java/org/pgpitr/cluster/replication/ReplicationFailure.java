package org.pgpitr.cluster.replication;

import java.sql.SQLException;
import org.pgpitr.cluster.ServerFailure;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** What a server refuses to a receiver, in one sentence. The states are those of {@code errcodes.txt}. */
final class ReplicationFailure {
    private ReplicationFailure() {}

    static PgpitrException starting(String slot, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state) {
            case "42704" ->
                new PgpitrException(
                        ExitCode.USAGE,
                        "PostgreSQL has no replication slot \"" + slot + "\"",
                        "make it with `pgpitr stream --create-slot`",
                        e);
            case "55006" ->
                new PgpitrException(
                        ExitCode.LOCKED,
                        ServerFailure.words(e),
                        "another receiver uses it, or the server has not noticed yet that the last one is gone",
                        e);
            case "58P01" -> walGone(ServerFailure.words(e), e);
            case "55000" ->
                new PgpitrException(
                        ExitCode.CHECK_FAILED,
                        "PostgreSQL can't stream from slot \"" + slot + "\": " + ServerFailure.words(e),
                        "see docs/streaming.md, \"When the slot is lost\"",
                        e);
            default -> asking("stream its WAL", e);
        };
    }

    static PgpitrException walGone(String words, SQLException e) {
        return new PgpitrException(
                ExitCode.CHECK_FAILED,
                "PostgreSQL no longer has the WAL that the repository lacks: " + words,
                "if that segment can still be archived from elsewhere, do so; otherwise see docs/streaming.md, \"When the "
                        + "slot is lost\"",
                e);
    }

    static PgpitrException asking(String what, SQLException e) {
        return ServerFailure.unavailable(
                "PostgreSQL refuses to " + what + ": " + ServerFailure.words(e),
                "28000".equals(e.getSQLState()) || "42501".equals(e.getSQLState())
                        ? "the role needs the REPLICATION attribute, see docs/server-role.md"
                        : "look into the server's log",
                e);
    }
}
