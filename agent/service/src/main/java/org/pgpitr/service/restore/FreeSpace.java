package org.pgpitr.service.restore;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.backup.ManifestEntry;

/** Adds up what will be written to each file system, and compares. */
final class FreeSpace {
    /** What most file systems give files in. */
    private static final long BLOCK = 4096;

    private record Need(Path directory, long[] bytes) {}

    private final RestoreTarget target;
    private final Map<Path, Long> needs = new LinkedHashMap<>();

    FreeSpace(RestoreTarget target) {
        this.target = target;
    }

    void add(ManifestEntry entry) {
        long bytes = entry.kind() == ManifestEntry.Kind.FILE ? (entry.size() + BLOCK - 1) / BLOCK * BLOCK : BLOCK;
        Optional<Path> place = target.tablespaces().placeOf(entry.path());
        needs.merge(place.orElse(target.into()), bytes, Long::sum);
    }

    /**
     * @throws PgpitrException USAGE if a file system has less room than is needed
     */
    void require() throws IOException {
        Map<FileStore, Need> byStore = new LinkedHashMap<>();
        for (Map.Entry<Path, Long> need : needs.entrySet()) {
            FileStore store = Files.getFileStore(RestoreTarget.nearestExisting(need.getKey()));
            byStore.computeIfAbsent(store, s -> new Need(need.getKey(), new long[1])).bytes[0] += need.getValue();
        }
        for (Map.Entry<FileStore, Need> entry : byStore.entrySet()) {
            long free = entry.getKey().getUsableSpace();
            long needed = entry.getValue().bytes()[0];
            if (needed > free) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "not enough disk space: " + entry.getValue().directory() + " needs " + mega(needed)
                                + ", its file system has " + mega(free) + " left",
                        "free some space, or restore to another file system");
            }
        }
    }

    private static String mega(long bytes) {
        return (bytes >> 20) + " MB";
    }
}
