package org.pgpitr.service.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.cluster.ArchiverStatus;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.cluster.SlotFacts;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.service.Progress;

/**
 * Waits until WAL segments have arrived in the repository, says what is waited for, and gives up when nothing moves any
 * more.
 *
 * <p>Time counts from the last thing that moved: on a server that archives by itself (a primary, or a standby with
 * {@code archive_mode = always}) that is its archiver, so a long queue is no failure; where a receiver streams, that as well. On any other standby the segment
 * comes from the primary; as long as replay has not got to the segment's end, the primary may not have filled it, and
 * an idle primary may take its time: an hour is given for that.
 */
final class SegmentArrival {
    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1000;
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration SAY_AGAIN = Duration.ofSeconds(30);
    private static final Duration OPEN_SEGMENT_PATIENCE = Duration.ofHours(1);

    /**
     * What is seen of the way a segment takes.
     *
     * @param archived how many files the archiver has archived
     * @param streamed up to where a receiver has reported WAL durable
     * @param complete whether the segment can be in the archive already
     */
    private record Pulse(long archived, Optional<Lsn> streamed, boolean complete) {}

    private final WalArchive archive;
    private final Server server;
    private final ServerFacts facts;
    private final Path archiveStatus;
    private final Duration timeout;
    private final Optional<String> slot;
    private final Progress progress;
    private final Clock clock;

    SegmentArrival(WalArchive archive, BackupSource source, BackupOptions options, Progress progress, Clock clock) {
        this.archive = archive;
        this.server = source.server();
        this.facts = source.facts();
        this.archiveStatus = source.dataDirectory().resolve("pg_wal/archive_status");
        this.timeout = options.archiveTimeout();
        this.slot = options.slot();
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Waits for all segments from one to another, both included, and for each of them: the last one alone does not
     * prove the others.
     *
     * @throws PgpitrException CHECK_FAILED as {@link #await}
     */
    void awaitAll(TimelineId timeline, long from, long to) throws InterruptedException {
        if (from > to) {
            return;
        }
        await(WalSegmentName.of(timeline, to, facts.segmentSize()));
        while (true) {
            OptionalLong missing = archive.scan(WalSegmentName.of(timeline, from, facts.segmentSize()))
                    .firstMissing(timeline, from, to);
            if (missing.isEmpty()) {
                return;
            }
            await(WalSegmentName.of(timeline, missing.getAsLong(), facts.segmentSize()));
        }
    }

    /**
     * Waits for one segment.
     *
     * @throws PgpitrException CHECK_FAILED if it does not arrive in time, or if the server believes that it is archived
     *     while it is not here
     */
    void await(WalSegmentName segment) throws InterruptedException {
        Instant begun = clock.instant();
        Instant moved = begun;
        Instant sayAt = begun.plus(QUIET);
        Pulse pulse = null;
        while (!archive.contains(segment)) {
            if (archivesItself() && isDone(segment) && !archive.contains(segment)) {
                throw doneButNotHere(segment);
            }
            Pulse now = new Pulse(server.archiver().archived(), streamed(), isComplete(segment));
            if (!now.equals(pulse)) {
                moved = clock.instant();
                pulse = now;
            }
            Duration patience = now.complete() ? timeout : OPEN_SEGMENT_PATIENCE;
            if (clock.instant().isAfter(moved.plus(patience))) {
                throw notArrived(segment, patience);
            }
            if (!clock.instant().isBefore(sayAt)) {
                progress.say(waitingFor(segment, now));
                sayAt = clock.instant().plus(SAY_AGAIN);
            }
            Thread.sleep(pause(Duration.between(begun, clock.instant())));
        }
    }

    /** A tenth of what was waited already, so that asking seldom costs little and finding out late does too. */
    private static long pause(Duration waited) {
        return Math.max(SHORTEST_PAUSE_MILLIS, Math.min(waited.toMillis() / 10, LONGEST_PAUSE_MILLIS));
    }

    private Optional<Lsn> streamed() {
        return slot.flatMap(server::slot).flatMap(SlotFacts::restart);
    }

    /** With {@code archive_mode = off} only the stream can bring it. */
    private boolean isStreamedOnly() {
        return slot.isPresent() && facts.archiveMode().equals("off");
    }

    private boolean archivesItself() {
        return facts.role() == Role.PRIMARY || facts.archiveMode().equals("always");
    }

    /** The server renames {@code .ready} to {@code .done} when {@code archive_command} has succeeded. */
    private boolean isDone(WalSegmentName segment) {
        return Files.exists(archiveStatus.resolve(segment + ".done"));
    }

    private boolean isComplete(WalSegmentName segment) {
        return facts.role() == Role.PRIMARY || !server.currentLsn().isBefore(segment.end(facts.segmentSize()));
    }

    private String waitingFor(WalSegmentName segment, Pulse pulse) {
        if (isStreamedOnly()) {
            return "waiting for WAL segment " + segment + " to be streamed"
                    + pulse.streamed()
                            .map(lsn -> "; the stream is durable up to " + lsn)
                            .orElse("");
        }
        if (archivesItself()) {
            return "waiting for WAL segment " + segment + " to be archived"
                    + server.archiver()
                            .lastArchived()
                            .map(last -> "; the last one was " + last.walFile())
                            .orElse("");
        }
        return "waiting for WAL segment " + segment + " from the primary's archiving"
                + (pulse.complete() ? "" : "; `select pg_switch_wal()` on the primary hurries it");
    }

    private PgpitrException doneButNotHere(WalSegmentName segment) {
        return new PgpitrException(
                ExitCode.CHECK_FAILED,
                "PostgreSQL has archived WAL segment " + segment + ", but not into " + archive.generation(),
                "archive_command must call `pgpitr archive-push %p` with the configuration of this backup; see "
                        + "`pgpitr check`");
    }

    private PgpitrException notArrived(WalSegmentName segment, Duration patience) {
        String message = "WAL segment " + segment + " did not arrive in " + archive.generation() + " within "
                + patience.toSeconds() + " s";
        if (isStreamedOnly()) {
            return new PgpitrException(
                    ExitCode.CHECK_FAILED,
                    message,
                    "archive_mode is off, and the stream does not bring it: see that `pgpitr stream` runs, and that slot \""
                            + slot.orElseThrow() + "\" is its own (`pgpitr check`)");
        }
        if (!archivesItself()) {
            return new PgpitrException(
                    ExitCode.CHECK_FAILED,
                    message,
                    "it has to come from the primary: see that archiving works there (`pgpitr check`), and run "
                            + "`select pg_switch_wal()` there");
        }
        ArchiverStatus status = server.archiver();
        return new PgpitrException(
                ExitCode.CHECK_FAILED,
                message,
                status.standingFailure()
                        .map(failure -> "archiving of " + failure.walFile() + " failed at " + failure.time()
                                + "; the server's log says why")
                        .orElse("the server's log says what archive_command does; a longer archive timeout may help"));
    }
}
