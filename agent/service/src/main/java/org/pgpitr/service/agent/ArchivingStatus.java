package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.spool.Acknowledgements;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;

/**
 * How archiving gets on, from what stands on this host: needs neither the agent, nor the server, nor the store.
 *
 * @param agent what a running agent says of itself; empty if none runs for this data directory
 * @param receivers those that run here without an agent, or that died or ended for a failure and nobody has begun anew
 * @param lastArchived the newest segment that is known to be durable; empty if none is known any more
 * @param lastLsn the end of that segment
 * @param waitingFiles how many files are not archived yet
 * @param waitingBytes of the whole segments among them
 * @param oldestWaiting since when the first of them waits
 * @param freeBytes on the disk of {@code pg_wal}
 * @param warnings one sentence each
 */
public record ArchivingStatus(
        Path dataDirectory,
        Optional<Map<String, Object>> agent,
        List<LoneReceiver> receivers,
        Optional<WalSegmentName> lastArchived,
        Optional<Lsn> lastLsn,
        long waitingFiles,
        long waitingSegments,
        long waitingBytes,
        Optional<Instant> oldestWaiting,
        long freeBytes,
        long totalBytes,
        List<String> warnings) {
    private static final Duration LONG = Duration.ofMinutes(5);

    /**
     * Looks.
     *
     * @param dataDirectory its real path
     * @throws PgpitrException USAGE if it is none, or can't be read here
     */
    public static ArchivingStatus of(Path dataDirectory, WalSegmentSize segmentSize, Spool spool, Clock clock) {
        try {
            ArchiveStatus status = new ArchiveStatus(dataDirectory);
            Optional<Map<String, Object>> agent = new StatusFile(spool.status()).read();
            List<LoneReceiver> receivers = receivers(spool, agent.orElse(Map.of()), clock);
            Set<String> durable = agent.isPresent() ? Acknowledgements.present(spool) : Set.of();
            Backlog backlog = status.look(Archiver.WINDOW + 1, durable);
            Optional<Instant> oldest = backlog.first().stream()
                    .filter(name -> !durable.contains(name.toString()))
                    .findFirst()
                    .flatMap(status::readySince);
            Optional<WalSegmentName> last = last(backlog.lastDone(), agent);
            WalDisk disk = WalDisk.of(dataDirectory);
            return new ArchivingStatus(
                    dataDirectory,
                    agent,
                    receivers,
                    last,
                    last.map(name -> name.end(segmentSize)),
                    backlog.files(),
                    backlog.segments(),
                    backlog.segments() * segmentSize.bytes(),
                    oldest,
                    disk.free(),
                    disk.total(),
                    warnings(disk, oldest, agent.orElse(Map.of()), receivers, clock));
        } catch (NoSuchFileException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "there is no " + e.getFile(),
                    "data_directory in [cluster] is the server's data directory",
                    e);
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.USAGE, "can't look at " + dataDirectory + ": " + e, "run this as the server's user", e);
        }
    }

    /** The word of one that is gone counts for nothing any more where the agent has taken over its slot. */
    private static List<LoneReceiver> receivers(Spool spool, Map<String, Object> agent, Clock clock)
            throws IOException {
        Object takenOver = part(agent, "stream").get("slot");
        return LoneReceiver.all(spool, clock).stream()
                .filter(each -> each.condition() != LoneReceiver.Condition.GONE || !each.isOf(takenOver))
                .toList();
    }

    /** What PostgreSQL has forgotten by now the agent may still know. */
    private static Optional<WalSegmentName> last(Optional<WalSegmentName> done, Optional<Map<String, Object>> agent) {
        Optional<WalSegmentName> shipped = agent.map(facts -> facts.get("archiver"))
                .filter(Map.class::isInstance)
                .map(facts -> ((Map<?, ?>) facts).get("last_archived"))
                .map(Object::toString)
                .flatMap(WalFileName::tryParse)
                .filter(WalSegmentName.class::isInstance)
                .map(WalSegmentName.class::cast);
        if (done.isEmpty() || shipped.isEmpty()) {
            return done.or(() -> shipped);
        }
        return done.get().compareTo(shipped.get()) > 0 ? done : shipped;
    }

    private static List<String> warnings(
            WalDisk disk, Optional<Instant> oldest, Map<String, Object> agent, List<LoneReceiver> alone, Clock clock) {
        List<String> all = new ArrayList<>();
        if (disk.isScarce()) {
            all.add("the disk of pg_wal has " + disk.freePercent() + " % left; when it is full the server stops");
        }
        oldest.map(since -> Duration.between(since, clock.instant()))
                .filter(age -> age.compareTo(LONG) > 0)
                .ifPresent(age -> all.add("WAL waits to be archived since " + age.toMinutes() + " minutes"));
        Map<?, ?> archiver = part(agent, "archiver");
        if (archiver.get("next_attempt_seconds") != null) {
            all.add("the agent can't archive: "
                    + (Boolean.FALSE.equals(archiver.get("store_available"))
                            ? "the store fails"
                            : archiver.get("last_error")));
        }
        if (part(agent, "prefetch").get("last_error") != null) {
            all.add("WAL is not fetched ahead of the recovery");
        }
        if (isDown(part(agent, "stream"))
                || alone.stream()
                        .anyMatch(each -> each.condition() == LoneReceiver.Condition.RUNNING && isDown(each.facts()))) {
            all.add("the stream is down; what has not been archived is lost with this host");
        }
        alone.forEach(each -> each.warning().ifPresent(all::add));
        return List.copyOf(all);
    }

    private static boolean isDown(Map<?, ?> stream) {
        return stream.get("last_error") != null && !"streaming".equals(stream.get("state"));
    }

    private static Map<?, ?> part(Map<String, Object> agent, String name) {
        return agent.get(name) instanceof Map<?, ?> facts ? facts : Map.of();
    }
}
