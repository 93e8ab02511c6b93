package org.pgpitr.service.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Proves before anything is copied that WAL gets into the repository: without it the backup would be worth nothing, and
 * its end is a late moment to learn that.
 *
 * <p>A primary makes a restore point and switches to the next segment; the very segment that holds the restore point
 * has to arrive. A standby can neither write WAL nor switch. But where it has replayed into a segment, the one before
 * is complete, and its primary (or the standby itself, with {@code archive_mode = always}) has to have archived it; so
 * that one has to be there. If archiving into this repository began later than that, the next switch on the primary
 * brings the first segment that counts.
 */
final class ArchiveProof {
    private final Server server;
    private final ServerFacts facts;
    private final Path dataDirectory;
    private final SegmentArrival arrival;

    ArchiveProof(BackupSource source, SegmentArrival arrival) {
        this.server = source.server();
        this.facts = source.facts();
        this.dataDirectory = source.dataDirectory();
        this.arrival = arrival;
    }

    /**
     * @param name of the restore point on a primary
     * @throws PgpitrException CHECK_FAILED if WAL does not arrive
     */
    void prove(String name) throws InterruptedException {
        if (facts.role() == Role.PRIMARY) {
            arrival.await(server.switchWal(name));
            return;
        }
        WalSegmentSize size = facts.segmentSize();
        long complete = lastComplete();
        // segment 0 never exists: the WAL begins with segment 1
        if (complete > 0) {
            TimelineId timeline = history().timelineAt(size.start(complete + 1).plus(-1));
            arrival.await(WalSegmentName.of(timeline, complete, size));
        }
    }

    /**
     * As {@link #prove} once more, when the backup has begun on a standby: its start may lie back a long way, and all
     * that is complete since then has to be there too. On a primary the start lies behind the restore point.
     */
    void proveSince(TimelineId timeline, Lsn start) throws InterruptedException {
        if (facts.role() == Role.STANDBY) {
            arrival.awaitAll(timeline, facts.segmentSize().segmentNumber(start), lastComplete());
        }
    }

    /** The number of the last segment that is known to be complete by where the server stands. */
    private long lastComplete() {
        return facts.segmentSize().segmentNumber(server.currentLsn()) - 1;
    }

    private TimelineHistory history() {
        TimelineId timeline = server.timeline();
        Path file = dataDirectory.resolve("pg_wal").resolve(new TimelineHistoryName(timeline).toString());
        try {
            // The name of a restore point in it stands in the encoding of some database
            return TimelineHistory.parse(timeline, Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return TimelineHistory.root(timeline);
        } catch (IOException e) {
            throw LocalFiles.unreadable(file, e);
        }
    }
}
