package org.pgpitr.service.restore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What was restored.
 *
 * @param into the data directory
 * @param tablespaces where each tablespace went, by oid
 * @param files how many files, not counting directories and links
 * @param bytes of these files
 * @param duration from the first look at the target to the last fsync
 */
public record RestoreResult(Path into, Map<Long, Path> tablespaces, long files, long bytes, Duration duration) {
    public RestoreResult {
        tablespaces = Map.copyOf(tablespaces);
    }
}
