package org.pgpitr.service.archive;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.archive.WalArchive;

/**
 * The history files of a server's timelines, in its {@code pg_wal} and in the archive. PostgreSQL offers each of them to
 * {@code archive_command} once, at the promotion that began the timeline; an archive that began later never gets them.
 * Without a timeline's history no recovery can be told to follow it ({@code validateRecoveryParameters()} in
 * {@code xlogrecovery.c}: "recovery target timeline %u does not exist").
 */
public final class TimelineHistories {
    /** Where a timeline's history is. */
    public enum Place {
        /** In the archive; or it is timeline 1, which has none. */
        ARCHIVED,
        /** In {@code pg_wal} only. */
        LOCAL,
        /** In neither. */
        NOWHERE
    }

    private final Path directory;
    private final WalArchive archive;

    /** @param dataDirectory of the server */
    public TimelineHistories(Path dataDirectory, WalArchive archive) {
        this.directory = dataDirectory.resolve("pg_wal");
        this.archive = archive;
    }

    /** Where the history of a timeline is. */
    public Place place(TimelineId timeline) {
        TimelineHistoryName name = new TimelineHistoryName(timeline);
        if (timeline.equals(TimelineId.FIRST) || archive.contains(name)) {
            return Place.ARCHIVED;
        }
        return isHere(name) ? Place.LOCAL : Place.NOWHERE;
    }

    /**
     * Archives what {@code pg_wal} holds of a timeline's history and its ancestors' histories, each checked as
     * {@code archive-push} does it.
     *
     * @return where the timeline's own history is then, {@link Place#ARCHIVED} or {@link Place#NOWHERE}
     * @throws org.pgpitr.error.PgpitrException CORRUPT if a file is no history; WAL_CONFLICT if another content is
     *     archived under its name
     */
    public Place archive(TimelineId timeline) {
        Deque<TimelineId> wanted = new ArrayDeque<>(List.of(timeline));
        while (!wanted.isEmpty()) {
            TimelineId next = wanted.remove();
            TimelineHistoryName name = new TimelineHistoryName(next);
            if (!next.equals(TimelineId.FIRST) && isHere(name)) {
                LocalWalFile file = LocalWalFile.open(directory.resolve(name.toString()));
                file.requireFit(archive.generation().identity());
                archive.push(name, file.content());
                if (next.equals(timeline)) {
                    TimelineHistory.parse(timeline, file.text())
                            .ancestors()
                            .forEach(ancestor -> wanted.add(ancestor.timeline()));
                }
            }
        }
        return place(timeline);
    }

    private boolean isHere(TimelineHistoryName name) {
        return Files.isRegularFile(directory.resolve(name.toString()));
    }
}
