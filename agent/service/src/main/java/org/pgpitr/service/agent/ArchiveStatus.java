package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;

/**
 * {@code pg_wal/archive_status}, where PostgreSQL writes down what is to be archived ({@code xlogarchive.c}). However
 * many files there are, a look takes bounded memory.
 */
final class ArchiveStatus {
    static final String READY = ".ready";
    static final String DONE = ".done";

    /** The order in which PostgreSQL's archiver takes them: histories first, then by name ({@code pgarch.c}). */
    static final Comparator<WalFileName> ORDER = Comparator.<WalFileName>comparingInt(
                    name -> name instanceof TimelineHistoryName ? 0 : 1)
            .thenComparing(WalFileName::toString);

    private final Path wal;
    private final Path folder;

    ArchiveStatus(Path dataDirectory) {
        this.wal = dataDirectory.resolve("pg_wal");
        this.folder = wal.resolve("archive_status");
    }

    Path folder() {
        return folder;
    }

    Path file(WalFileName name) {
        return wal.resolve(name.toString());
    }

    /**
     * Reads the folder once.
     *
     * @param most how many names to keep
     * @param passedOver names that do not count
     */
    Backlog look(int most, Set<String> passedOver) throws IOException {
        PriorityQueue<WalFileName> first = new PriorityQueue<>(ORDER.reversed());
        long files = 0;
        long segments = 0;
        WalSegmentName lastDone = null;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path each : all) {
                String text = each.getFileName().toString();
                boolean ready = text.endsWith(READY);
                if (!ready && !text.endsWith(DONE)) {
                    continue;
                }
                WalFileName name = WalFileName.tryParse(text.substring(0, text.lastIndexOf('.')))
                        .orElse(null);
                if (name == null) {
                    continue;
                }
                if (!ready) {
                    if (name instanceof WalSegmentName done && (lastDone == null || done.compareTo(lastDone) > 0)) {
                        lastDone = done;
                    }
                    continue;
                }
                first.add(name);
                if (first.size() > most) {
                    first.remove();
                }
                if (!passedOver.contains(name.toString())) {
                    files++;
                    segments += name instanceof WalSegmentName ? 1 : 0;
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new Backlog(first.stream().sorted(ORDER).toList(), files, segments, Optional.ofNullable(lastDone));
    }

    boolean isReady(WalFileName name) {
        return Files.exists(folder.resolve(name + READY));
    }

    /** When PostgreSQL wrote down that a file is to be archived; empty if it is not. */
    Optional<Instant> readySince(WalFileName name) {
        try {
            return Optional.of(
                    Files.getLastModifiedTime(folder.resolve(name + READY)).toInstant());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * Whether a file stands in {@code pg_wal} of which PostgreSQL has not yet written down whether it is to be archived:
     * after a crash that comes at the next checkpoint. In this order the looks are right also while the archiver works.
     */
    boolean isUndecided(WalFileName name) {
        return !isReady(name) && !Files.exists(folder.resolve(name + DONE)) && Files.exists(file(name));
    }
}
