package org.pgpitr.service.prefetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Threads;
import org.pgpitr.service.spool.Ask;
import org.pgpitr.service.spool.HookProcess;

/**
 * What hooks ask for that was not fetched ahead: all that {@code archive-get} would do is done in its stead, for the one
 * question, after it was asked, and only where {@code archive-get} would have asked the same repositories. A file waits
 * under a name that is that question's alone. What is found out is never used for another one.
 */
final class Errands implements AutoCloseable {
    /** How one stands. */
    enum State {
        UNDER_WAY,
        /** The file waits for its hook. */
        THERE,
        /** Every repository says that there is no such file. */
        ABSENT,
        /** Not to be told by this process: {@code archive-get} has to do it. */
        NOT_OURS,
        /** Something is in the way; {@code archive-get} will say what. */
        FAILED
    }

    private static final class Errand {
        private final Ask ask;
        private State state = State.UNDER_WAY;
        private Throwable failure;
        private boolean given;

        Errand(Ask ask) {
            this.ask = ask;
        }
    }

    private static final int AT_ONCE = 2;

    private final Path dataDirectory;
    private final PrefetchFolder folder;
    private final SegmentSource segments;
    private final Runnable bell;
    private final ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE, Threads.daemons("pgpitr-errand"));
    private final Map<String, Errand> errands = new HashMap<>();

    /** @param bell rung when one has come to its end */
    Errands(Path dataDirectory, PrefetchFolder folder, SegmentSource segments, Runnable bell) {
        this.dataDirectory = dataDirectory;
        this.folder = folder;
        this.segments = segments;
        this.bell = bell;
    }

    /** Whether that question's is begun. */
    synchronized boolean isBegun(Ask ask) {
        return errands.containsKey(ask.once());
    }

    /** How that question's stands; begins it if it is new. */
    synchronized State state(Ask ask) {
        Errand known = errands.get(ask.once());
        if (known == null) {
            Errand begun = new Errand(ask);
            errands.put(ask.once(), begun);
            pool.execute(() -> run(begun));
            return begun.state;
        }
        return known.state;
    }

    /** Why it failed. */
    synchronized Throwable failure(Ask ask) {
        return errands.get(ask.once()).failure;
    }

    /** The hook is told now that its file is there. */
    synchronized void given(Ask ask) {
        errands.get(ask.once()).given = true;
    }

    private void run(Errand errand) {
        State state;
        Throwable failure = null;
        try {
            state = work(errand.ask);
        } catch (IOException | RuntimeException | Error e) {
            state = State.FAILED;
            failure = e;
        }
        synchronized (this) {
            errand.state = state;
            errand.failure = failure;
        }
        bell.run();
    }

    private State work(Ask ask) throws IOException {
        WalFileName file = ask.file();
        if (!(file instanceof WalSegmentName || file instanceof TimelineHistoryName)) {
            return State.NOT_OURS;
        }
        Optional<HookProcess> hook = HookProcess.of(ask);
        if (hook.isEmpty()
                || !hook.get().directory().equals(dataDirectory)
                || !segments.isOf(hook.get().variables())) {
            return State.NOT_OURS;
        }
        Path brought = folder.brought(ask);
        try {
            return switch (segments.get(file, RecoveryHook.destination(file), brought)) {
                case FOUND -> {
                    Files.move(brought, folder.place(ask), StandardCopyOption.ATOMIC_MOVE);
                    yield State.THERE;
                }
                case ABSENT -> State.ABSENT;
            };
        } finally {
            Files.deleteIfExists(brought);
        }
    }

    /**
     * Forgets those that are over, and removes what nobody will take.
     *
     * @param pending who still waits for an answer
     * @return how many files were taken
     */
    synchronized int settle(Collection<Ask> pending) throws IOException {
        Set<String> waiting = new HashSet<>();
        pending.forEach(ask -> waiting.add(ask.once()));
        int taken = 0;
        for (Iterator<Errand> all = errands.values().iterator(); all.hasNext(); ) {
            Errand errand = all.next();
            Path place = folder.place(errand.ask);
            if (errand.given && !Files.exists(place)) {
                taken++;
                all.remove();
            } else if (errand.given
                    ? !HookProcess.isThere(errand.ask)
                    : errand.state != State.UNDER_WAY && !waiting.contains(errand.ask.once())) {
                Files.deleteIfExists(place);
                all.remove();
            }
        }
        return taken;
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        PrefetchSession.end(pool);
    }
}
