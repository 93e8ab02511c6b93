package org.pgpitr.service.stream;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.service.archive.RepositoriesException;
import org.pgpitr.storage.StorageException;

/**
 * Receives a server's WAL as it is written and keeps it in every repository. It holds no state: where it goes on is
 * found out each time from the slot and the repositories, so it can be killed at any moment.
 *
 * <p>What the server is told to be durable is durable in all of them.
 */
public final class StreamReceiver {
    /** What to do when the stream breaks off. */
    public enum OnFailure {
        /** Go on when the server and the store are there again; end for what does not pass by itself. */
        RETRY_WHAT_PASSES,
        /** Go on whatever it is, since somebody may mend it. */
        RETRY,
        /** End. */
        FAIL
    }

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final ConnectionSettings settings;
    private final List<Repository> repositories;
    private final StreamOptions options;
    private final PushLimits limits;
    private final OnFailure onFailure;
    private final StreamProgress progress;
    private final Clock clock;
    private Thread thread;

    /**
     * @param repositories at least one; WAL counts as durable when all of them hold it
     * @param limits of the pushes of whole segments
     */
    public StreamReceiver(
            ConnectionSettings settings,
            List<Repository> repositories,
            StreamOptions options,
            PushLimits limits,
            OnFailure onFailure,
            StreamListener listener,
            Clock clock) {
        if (repositories.isEmpty()) {
            throw new IllegalArgumentException("no repository");
        }
        this.settings = settings;
        this.repositories = List.copyOf(repositories);
        this.options = options;
        this.limits = limits;
        this.onFailure = onFailure;
        this.progress = new StreamProgress(listener, clock);
        this.clock = clock;
    }

    /** How it is getting on; from any thread. */
    public StreamStatus status() {
        return progress.status();
    }

    /**
     * Receives in this thread until it is interrupted; then what has arrived is stored before it ends.
     *
     * @throws PgpitrException what broke the stream off, if it is to end for that: USAGE if there is no slot,
     *     CHECK_FAILED if the server no longer has WAL that the repository lacks, WAL_CONFLICT if the repository holds
     *     another server's WAL, and others
     * @throws StorageException likewise
     */
    public void run() throws InterruptedException {
        Duration pause = SHORTEST_PAUSE;
        try {
            while (true) {
                progress.state(StreamStatus.State.CONNECTING);
                long begin = System.nanoTime();
                try {
                    new StreamSession(settings, repositories, options, limits, progress, clock).run();
                } catch (RuntimeException e) {
                    if (Thread.interrupted()) {
                        throw interrupted(e);
                    }
                    if (!isToBeRetried(e)) {
                        throw e;
                    }
                    progress.failed(e);
                }
                boolean lasted = System.nanoTime() - begin > LONGEST_PAUSE.toNanos();
                pause = lasted ? SHORTEST_PAUSE : pause;
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        } finally {
            progress.state(StreamStatus.State.STOPPED);
        }
    }

    private static InterruptedException interrupted(RuntimeException cause) {
        InterruptedException interrupted = new InterruptedException("the receiver was stopped");
        interrupted.initCause(cause);
        return interrupted;
    }

    private boolean isToBeRetried(RuntimeException e) {
        if (e instanceof NewGenerationException) {
            return true;
        }
        return switch (onFailure) {
            case FAIL -> false;
            case RETRY -> true;
            case RETRY_WHAT_PASSES -> passes(e);
        };
    }

    /** Of several repositories that failed, what went wrong has to pass in each. */
    static boolean passes(Throwable e) {
        if (e instanceof StorageException storage) {
            return storage.isRetryable();
        }
        if (e instanceof RepositoriesException several) {
            return several.failures().values().stream().allMatch(StreamReceiver::passes);
        }
        return e instanceof PgpitrException known
                && switch (known.exitCode()) {
                    case POSTGRES_UNAVAILABLE, STORAGE_UNAVAILABLE, DISK_UNAVAILABLE, LOCKED -> true;
                    default -> false;
                };
    }

    /** Receives in a thread of its own until {@link #stop}, or until it ends for a failure. */
    public synchronized void start() {
        if (thread != null) {
            throw new IllegalStateException("it has been started already");
        }
        thread = new Thread(this::runQuietly, "pgpitr-receiver");
        thread.setDaemon(true);
        thread.start();
    }

    private void runQuietly() {
        try {
            run();
        } catch (InterruptedException stopped) {
            return;
        } catch (RuntimeException e) {
            progress.failed(e);
            progress.state(StreamStatus.State.STOPPED);
        }
    }

    /** Ends what {@link #start} began, and waits for that: what has arrived is stored first, if the store answers. */
    public void stop() throws InterruptedException {
        Thread running;
        synchronized (this) {
            running = thread;
            thread = null;
        }
        if (running != null) {
            running.interrupt();
            running.join();
        }
    }
}
