package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import org.pgpitr.repository.Threads;

/** Rings when something comes or goes in folders. Lost events do no harm: whoever hears the bell looks for itself. */
public final class BellRinger implements AutoCloseable {
    private final WatchService watch;
    private final Runnable bell;

    public BellRinger(List<Path> folders, Runnable bell) throws IOException {
        this.bell = bell;
        this.watch = folders.get(0).getFileSystem().newWatchService();
        for (Path folder : folders) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
        }
        Threads.daemons("pgpitr-watch").newThread(this::listen).start();
    }

    private void listen() {
        try {
            while (true) {
                WatchKey key = watch.take();
                key.pollEvents();
                key.reset();
                bell.run();
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            // the end
        }
    }

    @Override
    public void close() throws IOException {
        watch.close();
    }
}
