package org.pgpitr.service.stream;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cluster.replication.ReplicationConnection;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.storage.Content;

/** The server's timeline histories, and their way into the repositories: before any WAL of the timeline. */
record StreamHistory(ReplicationConnection connection) {
    /** A timeline whose history file the server does not have has no ancestors, as PostgreSQL takes it. */
    TimelineHistory of(TimelineId timeline) {
        return file(timeline).map(file -> parse(timeline, file)).orElseGet(() -> TimelineHistory.root(timeline));
    }

    private Optional<byte[]> file(TimelineId timeline) {
        return timeline.equals(TimelineId.FIRST) ? Optional.empty() : connection.timelineHistory(timeline);
    }

    private static TimelineHistory parse(TimelineId timeline, byte[] file) {
        try {
            return TimelineHistory.parse(timeline, new String(file, StandardCharsets.UTF_8));
        } catch (InvalidFormatException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "PostgreSQL sends a history of timeline " + timeline + " that makes no sense: " + e.getMessage(),
                    "look at the file in the server's pg_wal",
                    e);
        }
    }

    /**
     * Archives the history of a timeline, if the server has it.
     *
     * @throws PgpitrException WAL_CONFLICT if another one is archived
     */
    void store(TimelineId timeline, List<Generation> generations) {
        Optional<byte[]> file = file(timeline);
        if (file.isPresent() && !parse(timeline, file.get()).ancestors().isEmpty()) {
            for (Generation generation : generations) {
                new WalArchive(generation).push(new TimelineHistoryName(timeline), Content.of(file.get()));
            }
        }
    }
}
