package org.pgpitr.service.init;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.PostgresMajor;

/** Whose a data directory on this host is, read from its files: no server need run. */
public final class DataDirectory {
    private static final int READS = 10;

    private DataDirectory() {}

    /** Whether that is a data directory that can be read here. */
    public static boolean isOne(Path directory) {
        return Files.isReadable(directory.resolve(ControlFile.PATH)) && Files.isReadable(versionFile(directory));
    }

    /**
     * Reads {@code PG_VERSION} and {@code pg_control}.
     *
     * @return empty if the version's format of {@code pg_control} is not known here
     * @throws PgpitrException CORRUPT
     */
    public static Optional<ClusterFacts> facts(Path directory) {
        return controlFile(directory)
                .map(control ->
                        new ClusterFacts(control.systemIdentifier(), major(directory), control.walSegmentSize()));
    }

    /** A running server writes the file while it is read here: its CRC tells, and then it is read again. */
    private static Optional<ControlFile> controlFile(Path directory) {
        Path file = directory.resolve(ControlFile.PATH);
        InvalidFormatException damage = null;
        for (int i = 0; i < READS; i++) {
            try {
                return ControlFile.parseIfKnown(Files.readAllBytes(file));
            } catch (InvalidFormatException e) {
                damage = e;
                pause();
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
        throw new PgpitrException(
                ExitCode.CORRUPT,
                file + " is damaged: " + damage.getMessage(),
                "restore the cluster; a server can't start from this data directory",
                damage);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgpitrException(ExitCode.DEFECT, "interrupted while reading a data directory", null, e);
        }
    }

    private static PostgresMajor major(Path directory) {
        Path file = versionFile(directory);
        try {
            String version = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (!version.matches("[1-9][0-9]{0,3}")) {
                throw new PgpitrException(ExitCode.CORRUPT, file + " holds no major version: \"" + version + "\"");
            }
            return new PostgresMajor(Integer.parseInt(version));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Path versionFile(Path directory) {
        return directory.resolve("PG_VERSION");
    }

    private static PgpitrException unreadable(Path file, IOException e) {
        return new PgpitrException(
                ExitCode.USAGE, file + " can't be read: " + e, "run pgpitr as the user that runs the server", e);
    }
}
