package org.pgpitr.service.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.Threads;
import org.pgpitr.service.archive.ArchivePush;

/**
 * Takes from the intake and stores in all repositories: pieces in one thread, whole segments in another, so that a piece
 * is never late because a segment is on its way; a third one watches whether these are still the generations to store in.
 * Closing it ends the threads.
 */
final class Storing implements AutoCloseable {
    private final Intake intake;
    private final List<StreamTarget> targets;
    private final ArchivePush push;
    private final ExecutorService threads = Executors.newCachedThreadPool(Threads.daemons("pgpitr-stream"));
    private final List<Future<?>> running;

    /** @param push of whole segments, into the repositories of all targets */
    Storing(Intake intake, List<StreamTarget> targets, ArchivePush push, GenerationWatch watch) {
        this.intake = intake;
        this.targets = targets;
        this.push = push;
        this.running = List.of(
                threads.submit(() -> guarded(this::storePieces)),
                threads.submit(() -> guarded(this::archiveSegments)),
                threads.submit(() -> guarded(watch::watch)));
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            intake.fail(new PgpitrException(ExitCode.STORAGE_UNAVAILABLE, "interrupted while storing WAL", null, e));
        } catch (RuntimeException e) {
            intake.fail(e);
        } catch (Error e) {
            intake.fail(new IllegalStateException(e));
            throw e;
        }
    }

    private void storePieces() throws InterruptedException {
        while (true) {
            Intake.Due due = intake.take();
            if (due instanceof Intake.Part part) {
                inAll(target -> target.put(part.segment(), part.to()));
                intake.stored(part.segment(), durable(part.segment()));
                inAll(target -> target.fold(part.segment()));
            } else if (due instanceof Intake.Archived archived) {
                inAll(target -> target.cleanUp(archived.segment()));
                intake.cleanedUp();
            } else {
                return;
            }
        }
    }

    private void archiveSegments() throws InterruptedException {
        while (true) {
            Optional<ReceivedSegment> whole = intake.takeWhole();
            if (whole.isEmpty()) {
                return;
            }
            ReceivedSegment segment = whole.get();
            inAll(target -> target.compare(segment));
            push.push(segment.name(), segment.content(segment.start(), segment.end()));
            intake.archivedWhole();
        }
    }

    private Lsn durable(ReceivedSegment segment) {
        return targets.stream()
                .map(target -> target.durable(segment))
                .min(Lsn::compareTo)
                .orElseThrow();
    }

    private void inAll(Consumer<StreamTarget> work) throws InterruptedException {
        if (targets.size() == 1) {
            work.accept(targets.get(0));
            return;
        }
        List<Callable<Void>> all = new ArrayList<>();
        for (StreamTarget target : targets) {
            all.add(() -> {
                work.accept(target);
                return null;
            });
        }
        for (Future<Void> each : threads.invokeAll(all)) {
            try {
                each.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Stops at once; what is under way may or may not take effect. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            for (Future<?> each : running) {
                each.get();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
