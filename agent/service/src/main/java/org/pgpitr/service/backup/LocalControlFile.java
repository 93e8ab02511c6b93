package org.pgpitr.service.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.ControlFileIdentity;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.repository.backup.ManifestEntry;

/**
 * {@code global/pg_control} as it was read from a data directory, proved by its checksum where the version is known: the
 * server writes it in place, so a reading may be torn.
 */
final class LocalControlFile {
    private static final int READINGS = 20;
    private static final long BETWEEN_MILLIS = 20;

    private final ManifestEntry header;
    private final byte[] bytes;
    private final Optional<ControlFile> content;

    private LocalControlFile(ManifestEntry header, byte[] bytes, Optional<ControlFile> content) {
        this.header = header;
        this.bytes = bytes;
        this.content = content;
    }

    /**
     * Reads the file, again if it was torn.
     *
     * @throws PgpitrException USAGE if it can't be read, CORRUPT if it stays damaged
     */
    static LocalControlFile read(Path dataDirectory) throws InterruptedException {
        Path file = dataDirectory.resolve(ControlFile.PATH);
        for (int reading = 1; ; reading++) {
            try {
                PosixFileAttributes attributes =
                        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                byte[] bytes = Files.readAllBytes(file);
                ManifestEntry header = ManifestEntry.file(
                        ControlFile.PATH,
                        bytes.length,
                        FileMode.of(attributes),
                        attributes.lastModifiedTime().toInstant());
                return new LocalControlFile(header, bytes, ControlFile.parseIfKnown(bytes));
            } catch (InvalidFormatException e) {
                if (reading == READINGS) {
                    throw new PgpitrException(
                            ExitCode.CORRUPT, file + " is damaged: " + e.getMessage(), "see `pg_controldata`", e);
                }
            } catch (IOException e) {
                throw LocalFiles.unreadable(file, e);
            }
            Thread.sleep(BETWEEN_MILLIS);
        }
    }

    /** Its entry in the backup, without digest and position. */
    ManifestEntry header() {
        return header;
    }

    /** The whole file; not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    /** Empty if its version is not known here. */
    Optional<ControlFile> content() {
        return content;
    }

    /** Whose it is, in any version. */
    ControlFileIdentity identity() {
        return ControlFileIdentity.parse(bytes);
    }
}
