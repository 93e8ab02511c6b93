package org.pgpitr.service.backup;

import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.backup.LaneWriter;

/**
 * Copies the files of a list into lanes, several at a time. The first lane begins with all directories, so that whoever
 * unpacks the lanes in order has them with their permissions before anything stands in them.
 */
final class ParallelCopy {
    private final FileList files;
    private final FileQueue queue;
    private final Lanes lanes;
    private final DamageReport damage;
    private final Supplier<FileCopier> copiers;

    /** @param copiers makes one for each worker */
    ParallelCopy(FileList files, Lanes lanes, DamageReport damage, Supplier<FileCopier> copiers) {
        this.files = files;
        this.queue = new FileQueue(files);
        this.lanes = lanes;
        this.damage = damage;
        this.copiers = copiers;
    }

    /**
     * Copies everything; returns when it is stored, or when one worker has failed and all the others have ended.
     *
     * @param meanwhile called by this thread about once a second; stops the copying by throwing
     */
    void run(int workers, Runnable meanwhile) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers, Threads.daemons("pgpitr-copy"));
        LaneWriter first = lanes.open();
        try {
            files.directories().forEach(directory -> lanes.writeDirectory(first, directory));
            CompletionService<Void> running = new ExecutorCompletionService<>(pool);
            running.submit(() -> work(Optional.of(first)));
            for (int i = 1; i < workers; i++) {
                running.submit(() -> work(Optional.empty()));
            }
            for (int left = workers; left > 0; ) {
                Future<Void> ended = running.poll(1, TimeUnit.SECONDS);
                if (ended != null) {
                    get(ended);
                    left--;
                }
                meanwhile.run();
            }
        } finally {
            Threads.end(pool);
            first.close();
        }
    }

    private Void work(Optional<LaneWriter> first) throws InterruptedException {
        FileCopier copier = copiers.get();
        LaneWriter lane = first.orElse(null);
        try {
            for (int file = queue.next(); file != FileQueue.END; file = queue.next()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (lane == null) {
                    lane = lanes.open();
                }
                copy(copier, file, lane);
                if (lanes.isFull(lane)) {
                    lanes.finish(lane);
                    lane.close();
                    lane = null;
                }
            }
            if (lane != null) {
                lanes.finish(lane);
            }
            return null;
        } finally {
            if (lane != null) {
                lane.close();
            }
        }
    }

    private void copy(FileCopier copier, int file, LaneWriter lane) throws InterruptedException {
        PageCheck.Findings findings = new PageCheck.Findings();
        copier.copy(files.path(file), lane, findings).ifPresent(lanes::record);
        damage.add(findings);
    }

    private static void get(Future<Void> ended) throws InterruptedException {
        try {
            ended.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("a copying thread ended: " + e.getCause(), e.getCause());
        }
    }
}
