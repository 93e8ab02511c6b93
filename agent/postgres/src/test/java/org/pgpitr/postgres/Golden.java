package org.pgpitr.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Files of real clusters, one of each major version, each made by {@code initdb --data-checksums} with another segment
 * size: {@code pg_control}, the first 64 bytes of a segment, {@code backup_label}, and the second page of a table, the
 * first of its index and of its visibility map.
 */
final class Golden {
    static final List<PostgresMajor> MAJORS =
            IntStream.rangeClosed(13, 18).mapToObj(PostgresMajor::new).toList();

    private Golden() {}

    static byte[] bytes(PostgresMajor major, String name) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + major + "/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(PostgresMajor major, String name) {
        return new String(bytes(major, name), UTF_8);
    }

    /** The segment sizes the golden clusters were made with. */
    static WalSegmentSize segmentSize(PostgresMajor major) {
        int megabytes = switch (major.value()) {
            case 13 -> 1;
            case 14 -> 2;
            case 16 -> 64;
            case 18 -> 8;
            default -> 16;
        };
        return new WalSegmentSize(megabytes << 20);
    }
}
