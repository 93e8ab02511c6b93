package org.pgpitr.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** Where temporary files go; when it is full or can't be written to, the user hears that, and what to do. */
public record TemporaryFolder(Path path) {
    /** Java's own, {@code java.io.tmpdir}. */
    public static TemporaryFolder standard() {
        return new TemporaryFolder(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * A new file that only its owner can read.
     *
     * @throws PgpitrException DISK_UNAVAILABLE
     */
    public Path file(String prefix, String suffix) {
        try {
            return Files.createTempFile(path, prefix, suffix);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** A new folder; otherwise as {@link #file}. */
    public Path folder(String prefix) {
        try {
            return Files.createTempDirectory(path, prefix);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** What the user hears when a temporary file could not be made, written, read or deleted. */
    public PgpitrException failed(IOException cause) {
        return new PgpitrException(
                ExitCode.DISK_UNAVAILABLE,
                "the temporary folder " + path + " can't be used: " + cause,
                "make room in it and let it be written to, or name another one with "
                        + "PGPITR_JAVA_OPTS=-Djava.io.tmpdir=DIR",
                cause);
    }
}
