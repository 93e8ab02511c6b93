package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which host this is, and since which start of it. The launcher puts the same together. */
final class Host {
    private static final Path STARTED = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");

    private Host() {}

    /** One line; what the system does not tell is empty. */
    static String line() {
        return firstLine(STARTED) + "|" + firstLine(NAME);
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            return ""; // not Linux, or hidden; the launcher reads nothing there either
        }
    }
}
