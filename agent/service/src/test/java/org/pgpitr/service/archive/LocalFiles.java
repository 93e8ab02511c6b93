package org.pgpitr.service.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.archive.WalFiles;

/** A data directory with as much in it as archiving looks at. */
final class LocalFiles {
    static final WalSegmentName SEGMENT = WalSegmentName.parse("0000000100000000000000A3");
    static final String HISTORY = "1\t0/A380000\tno recovery target specified\n";
    static final String BACKUP = "START WAL LOCATION: 0/A300028 (file 0000000100000000000000A3)\n"
            + "STOP WAL LOCATION: 0/A300138 (file 0000000100000000000000A3)\n"
            + "CHECKPOINT LOCATION: 0/A300060\nBACKUP METHOD: streamed\nBACKUP FROM: primary\n"
            + "START TIME: 2026-11-20 14:00:00 UTC\nLABEL: nightly\nSTART TIMELINE: 1\n"
            + "STOP TIME: 2026-11-20 14:00:01 UTC\nSTOP TIMELINE: 1\n";

    final Path directory;

    LocalFiles(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("pg_wal"));
    }

    /** Puts a segment into pg_wal and gives its path as {@code %p} does. */
    Path segment(WalSegmentName name, ClusterIdentity cluster, long seed) throws IOException {
        return file(name.toString(), WalFiles.segment(name, cluster, seed));
    }

    Path file(String name, String text) throws IOException {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Path file(String name, byte[] content) throws IOException {
        Path file = Path.of("pg_wal", name);
        Files.write(directory.resolve(file), content);
        return file;
    }

    void controlFile(SystemIdentifier cluster) throws IOException {
        byte[] control = new byte[8192];
        ByteBuffer.wrap(control)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(cluster.value())
                .putInt(1700)
                .putInt(202406281);
        Files.createDirectories(directory.resolve("global"));
        Files.write(directory.resolve("global/pg_control"), control);
    }

    /** What stands in pg_wal, in order. */
    List<String> wal() throws IOException {
        try (var files = Files.list(directory.resolve("pg_wal"))) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
