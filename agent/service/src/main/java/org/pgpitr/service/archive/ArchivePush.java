package org.pgpitr.service.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.StorageException;

/** Archives one file that PostgreSQL hands over, in every repository. */
public final class ArchivePush {
    /**
     * What became of the file.
     *
     * @param bytes its size
     * @param outcomes one a repository, in their order
     * @param summary of a segment, whole or partial, of a PostgreSQL that is known
     */
    public record Result(
            WalFileName name, long bytes, List<WalArchive.Pushed> outcomes, Optional<SegmentSummary> summary) {}

    private final List<Repository> repositories;
    private final Path dataDirectory;
    private final PushLimits limits;
    private final Map<Repository, Map<Optional<SystemIdentifier>, Generation>> generations = new ConcurrentHashMap<>();

    /**
     * Looks a cluster's place in a repository up once; somebody who pushes for long makes a new one from time to time.
     *
     * @param repositories at least one; all of them have to take the file
     * @param dataDirectory of the cluster; relative paths are relative to it
     */
    public ArchivePush(List<Repository> repositories, Path dataDirectory) {
        this(repositories, dataDirectory, new PushLimits(Runtime.getRuntime().availableProcessors()));
    }

    /**
     * As {@link #ArchivePush(List, Path)}, one of several that share their limits: where two of them bring the same segment
     * to the same repositories, it is compressed and sent once. What is compressed is so at the first repository's level.
     */
    public ArchivePush(List<Repository> repositories, Path dataDirectory, PushLimits limits) {
        if (repositories.isEmpty()) {
            throw new IllegalArgumentException("no repository");
        }
        this.repositories = List.copyOf(repositories);
        this.dataDirectory = dataDirectory;
        this.limits = limits;
    }

    /**
     * Checks the file and archives it. When this returns, the file is durable in every repository. The same file again
     * is success. Several threads may push at once.
     *
     * @param file as {@code %p} gives it
     * @throws PgpitrException if it was not archived everywhere: USAGE if it is no file of a kind that is archived,
     *     CORRUPT if it is not what its name says or its WAL is broken, WAL_CONFLICT if it is another cluster's or another content is
     *     archived under its name, NO_REPOSITORY; STORAGE_UNAVAILABLE; DISK_UNAVAILABLE if the temporary folder can't be used
     * @throws org.pgpitr.storage.StorageException if the one repository there is can't take it
     */
    public Result push(Path file) {
        return push(file, Map.of());
    }

    /**
     * As {@link #push(Path)}, while some of several repositories are known not to answer: they are not asked, and count as
     * failed.
     *
     * @param away these, and what they failed with when they were asked
     */
    public Result push(Path file, Map<Repository, Throwable> away) {
        return push(LocalWalFile.open(dataDirectory.resolve(file)), away);
    }

    /** As {@link #push(Path)}, with a segment that did not come as a file of the data directory. */
    public Result push(WalSegmentName name, Content content) {
        return push(LocalWalFile.of(name, content), Map.of());
    }

    private Result push(LocalWalFile local, Map<Repository, Throwable> away) {
        try {
            return local.name() instanceof WalSegmentName segment ? pushOnce(local, segment, away) : send(local, away);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgpitrException(
                    ExitCode.STORAGE_UNAVAILABLE, "interrupted while archiving " + local.name(), null, e);
        }
    }

    /** Where another push that shares the limits has just brought the same segment to the same places, it is there. */
    private Result pushOnce(LocalWalFile local, WalSegmentName segment, Map<Repository, Throwable> away)
            throws InterruptedException {
        Optional<PushedSegments.Pushed> last = limits.pushed().begin(segment);
        try {
            Optional<Result> there = last.isPresent() ? ifSame(local, last.get()) : Optional.empty();
            return there.isPresent() ? there.get() : send(local, away);
        } finally {
            limits.pushed().end(segment);
        }
    }

    /** Inspects a file as it is before it is sent. Where that fails it is sent all the same, and that tells why. */
    private Optional<Result> ifSame(LocalWalFile local, PushedSegments.Pushed last) throws InterruptedException {
        if (!last.places().equals(places(local, cluster(local)))) {
            return Optional.empty();
        }
        DigestedContent content = new DigestedContent(local.content());
        limits.beginCompressing();
        try {
            Optional<SegmentSummary> summary = SegmentReading.inspect(local, content);
            return content.sha256()
                    .filter(last.sha256()::equals)
                    .map(same -> new Result(
                            local.name(),
                            local.content().length(),
                            Collections.nCopies(repositories.size(), WalArchive.Pushed.ALREADY_THERE),
                            summary));
        } catch (IOException | BrokenWalException e) {
            return Optional.empty();
        } finally {
            limits.endCompressing();
        }
    }

    private Result send(LocalWalFile local, Map<Repository, Throwable> away) throws InterruptedException {
        int copies = copies(repositories);
        int level = repositories.get(0).compressionLevel();
        try (SegmentReading reading = SegmentReading.begin(local, level, limits, copies)) {
            Optional<SystemIdentifier> cluster = cluster(local);
            List<WalArchive.Pushed> outcomes = repositories.size() == 1
                    ? List.of(push(local, reading, cluster, repositories.get(0)))
                    : pushToAll(local, reading, cluster, away);
            if (local.name() instanceof WalSegmentName segment) {
                limits.pushed().done(segment, reading.compressed().tag().sha256(), places(local, cluster));
            }
            return new Result(local.name(), local.content().length(), outcomes, reading.summary());
        }
    }

    private Optional<SystemIdentifier> cluster(LocalWalFile local) {
        return local.cluster().or(() -> LocalCluster.systemIdentifier(dataDirectory));
    }

    private List<String> places(LocalWalFile file, Optional<SystemIdentifier> cluster) {
        return repositories.stream()
                .map(each -> each.store().location() + " "
                        + generation(each, cluster).layout().wal(file.name()))
                .toList();
    }

    private Generation generation(Repository repository, Optional<SystemIdentifier> cluster) {
        return generations
                .computeIfAbsent(repository, any -> new ConcurrentHashMap<>())
                .computeIfAbsent(cluster, whose -> LocalCluster.generation(repository, whose));
    }

    /** How often a compressed segment is held: once for all of them, and once more for each that encrypts it. */
    static int copies(List<Repository> repositories) {
        return 1
                + (int) repositories.stream()
                        .filter(each -> each.keys().encrypts())
                        .count();
    }

    private WalArchive.Pushed push(
            LocalWalFile file, SegmentReading reading, Optional<SystemIdentifier> cluster, Repository repository) {
        Generation generation = generation(repository, cluster);
        file.requireFit(generation.identity());
        WalArchive archive = new WalArchive(generation);
        try {
            return archive.push(file.name(), reading.compressed(), reading.stored());
        } catch (BrokenWalException e) {
            throw refusal(file, reading, archive, e);
        }
    }

    /** The file is kept for whoever looks into it, but not as the segment. */
    private static PgpitrException refusal(
            LocalWalFile file, SegmentReading reading, WalArchive archive, BrokenWalException broken) {
        String message = file.name() + " is not archived: " + broken.getMessage();
        RuntimeException notKept = null;
        if (file.name() instanceof WalSegmentName segment) {
            try {
                message += "; the file is kept as " + archive.keepBroken(segment, reading.compressed());
            } catch (StorageException | PgpitrException e) {
                notKept = e;
            }
        }
        PgpitrException refusal = new PgpitrException(
                ExitCode.CORRUPT,
                message,
                "look at the disk that holds pg_wal. PostgreSQL keeps this segment and all behind it until it is"
                        + " archived, and no recovery gets beyond this position; see docs/wal-index.md, \"Broken WAL\"",
                broken);
        if (notKept != null) {
            refusal.addSuppressed(notKept);
        }
        return refusal;
    }

    private List<WalArchive.Pushed> pushToAll(
            LocalWalFile file,
            SegmentReading reading,
            Optional<SystemIdentifier> cluster,
            Map<Repository, Throwable> away)
            throws InterruptedException {
        int atOnce = copies(repositories) == 1
                ? repositories.size()
                : Math.min(
                        repositories.size(),
                        PushLimits.copies(reading.compressed().memory()));
        ExecutorService threads = Executors.newFixedThreadPool(atOnce, Threads.daemons("archive-push"));
        try {
            List<Callable<WalArchive.Pushed>> pushes = new ArrayList<>();
            repositories.stream()
                    .filter(r -> !away.containsKey(r))
                    .forEach(r -> pushes.add(() -> push(file, reading, cluster, r)));
            // All are waited for, also when one fails early: the others' copies are then in place for the next attempt.
            return outcomes(threads.invokeAll(pushes), away);
        } finally {
            Threads.end(threads); // before what they read goes
        }
    }

    private List<WalArchive.Pushed> outcomes(List<Future<WalArchive.Pushed>> pushes, Map<Repository, Throwable> away)
            throws InterruptedException {
        List<WalArchive.Pushed> outcomes = new ArrayList<>();
        Failures failures = new Failures();
        Iterator<Future<WalArchive.Pushed>> asked = pushes.iterator();
        for (Repository each : repositories) {
            if (away.containsKey(each)) {
                failures.add(each, away.get(each));
                continue;
            }
            try {
                outcomes.add(asked.next().get());
            } catch (ExecutionException e) {
                failures.add(each, e.getCause());
            }
        }
        if (!failures.isEmpty()) {
            throw failures.together(repositories.size());
        }
        return outcomes;
    }
}
