package org.pgpitr.repository.archive;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The temporary files beside one destination, {@code <destination>.pgpitr-<process>-<number>.tmp}. The process is the one
 * that the launcher names with the system property {@code pgpitr.process}, its own; without a launcher it is this one.
 */
final class Leftovers {
    /** The start of a process is known to the clock's tick only, counted from a boot that is known to the second. */
    private static final Duration INEXACT = Duration.ofSeconds(10);

    private static final Pattern BEHIND_DESTINATION = Pattern.compile("\\.pgpitr-(\\d{1,18})-?\\d*\\.tmp");

    private final Path directory;
    private final String name;

    /** @param destination absolute, with a name of its own */
    Leftovers(Path destination) {
        this.directory = destination.getParent();
        this.name = destination.getFileName().toString();
    }

    /** A new, empty file that only this user may read. */
    Path create() throws IOException {
        long process = Long.getLong("pgpitr.process", ProcessHandle.current().pid());
        return Files.createTempFile(directory, name + ".pgpitr-" + process + "-", ".tmp");
    }

    /** Removes those whose process is no more, as far as this user can. */
    void remove() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory, file -> file.getFileName().toString().startsWith(name + ".pgpitr-"))) {
            for (Path file : files) {
                Matcher rest =
                        BEHIND_DESTINATION.matcher(file.getFileName().toString().substring(name.length()));
                if (rest.matches() && isLeft(file, Long.parseLong(rest.group(1)))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // it is in nobody's way; what is wrong with the directory itself, create() tells
        }
    }

    /** A process that began after the file was last written has only inherited the number. */
    private static boolean isLeft(Path file, long process) throws IOException {
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            return ProcessHandle.of(process)
                    .map(running -> running.info()
                            .startInstant()
                            .filter(start -> start.isAfter(written.plus(INEXACT)))
                            .isPresent())
                    .orElse(true);
        } catch (NoSuchFileException e) {
            return false; // another one was faster
        }
    }
}
