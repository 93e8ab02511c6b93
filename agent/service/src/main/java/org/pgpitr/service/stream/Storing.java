package org.pgpitr.service.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;

/** Takes from the intake and stores in all repositories, in a thread of its own; closing it ends the thread. */
final class Storing implements AutoCloseable {
    private final Intake intake;
    private final List<StreamTarget> targets;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "pgpitr-stream");
        thread.setDaemon(true);
        return thread;
    });
    private final Future<?> running;

    Storing(Intake intake, List<StreamTarget> targets) {
        this.intake = intake;
        this.targets = targets;
        this.running = threads.submit(this::run);
    }

    private void run() {
        try {
            while (true) {
                Intake.Due due = intake.take();
                if (due instanceof Intake.Whole whole) {
                    inAll(target -> target.archive(whole.segment()));
                    intake.storedWhole();
                    inAll(StreamTarget::cleanUp);
                } else if (due instanceof Intake.Part part) {
                    inAll(target -> target.put(part.segment(), part.to()));
                    intake.stored(durable());
                } else {
                    return;
                }
            }
        } catch (InterruptedException e) {
            intake.fail(new PgpitrException(ExitCode.STORAGE_UNAVAILABLE, "interrupted while storing WAL", null, e));
        } catch (RuntimeException e) {
            intake.fail(e);
        } catch (Error e) {
            intake.fail(new IllegalStateException(e));
            throw e;
        }
    }

    private Lsn durable() {
        return targets.stream().map(StreamTarget::durable).min(Lsn::compareTo).orElseThrow();
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
            running.get();
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
