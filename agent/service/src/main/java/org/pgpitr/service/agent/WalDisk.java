package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The room on the disk that holds {@code pg_wal}. WAL that is not archived stays there; when it is full the server stops.
 *
 * @param free bytes that the server's user may still take
 */
record WalDisk(long free, long total) {
    /** Below this part of the whole, room is scarce. */
    private static final double SCARCE = 0.15;

    static WalDisk of(Path dataDirectory) throws IOException {
        FileStore store = Files.getFileStore(dataDirectory.resolve("pg_wal"));
        return new WalDisk(store.getUsableSpace(), store.getTotalSpace());
    }

    boolean isScarce() {
        return free < total * SCARCE;
    }

    int freePercent() {
        return total == 0 ? 0 : (int) (free * 100.0 / total);
    }
}
