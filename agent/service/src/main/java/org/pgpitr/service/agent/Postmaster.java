package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The server of a data directory, as {@code postmaster.pid} tells of it. */
public final class Postmaster {
    private Postmaster() {}

    /** Its process; empty if it is stopped. After a crash, the one there was. */
    public static OptionalLong process(Path dataDirectory) {
        try {
            // The names of directories in it are whatever bytes they are
            List<String> lines =
                    Files.readAllLines(dataDirectory.resolve("postmaster.pid"), StandardCharsets.ISO_8859_1);
            return lines.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(lines.get(0).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Whether it runs, and replays WAL from an archive: PostgreSQL removes the two files when that is over. */
    public static boolean isInRecovery(Path dataDirectory) {
        return (Files.exists(dataDirectory.resolve("recovery.signal"))
                        || Files.exists(dataDirectory.resolve("standby.signal")))
                && process(dataDirectory).isPresent();
    }
}
