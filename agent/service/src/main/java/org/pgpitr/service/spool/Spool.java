package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/**
 * The folder of one data directory in the spool. It stands outside the data directory, where neither a backup nor
 * pg_rewind meets it, at the data directory's own path beneath the spool's root: the launcher finds it by the working
 * directory alone. Only its owner can enter it.
 */
public final class Spool {
    /** The environment variable that names the root; the launcher reads it too. */
    public static final String VARIABLE = "PGPITR_SPOOL";

    /** The root where the variable is not set: what systemd's {@code RuntimeDirectory=pgpitr} makes. */
    public static final Path STANDARD = Path.of("/run/pgpitr");

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;
    private final Path folder;

    /** @param dataDirectory its real path */
    public Spool(Path root, Path dataDirectory) {
        this.root = root.toAbsolutePath();
        this.folder = this.root.resolve(Path.of("/").relativize(dataDirectory));
    }

    /** The root that an environment tells. */
    public static Path root(Map<String, String> environment) {
        String set = environment.getOrDefault(VARIABLE, "");
        return set.isEmpty() ? STANDARD : Path.of(set);
    }

    /**
     * Makes what is missing.
     *
     * @throws PgpitrException USAGE if the folders can't be made, or others could put acknowledgements there
     */
    public void create() {
        try {
            Files.createDirectories(root, PRIVATE);
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(root);
            if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "the spool " + root + " can be written to by other users",
                        "make it a folder of the server's user alone: chmod 700");
            }
            for (Path each : Set.of(acknowledged(), asked())) {
                Files.createDirectories(each, PRIVATE);
            }
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "can't make the spool " + folder + ": " + e,
                    "make " + root + " as a folder of the server's user, or name another one in " + VARIABLE
                            + ", for the agent and for the server",
                    e);
        }
    }

    public Path folder() {
        return folder;
    }

    /** One file an acknowledgement. */
    public Path acknowledged() {
        return folder.resolve("acknowledged");
    }

    /** One file a hook that waits: {@code <file>.<process>}. */
    public Path asked() {
        return folder.resolve("asked");
    }

    /** The named pipe through which waiting hooks are answered. */
    public Path answers() {
        return folder.resolve("answers");
    }

    /** What the agent says of itself. */
    public Path status() {
        return folder.resolve("status.json");
    }

    /** Held locked by the agent for as long as it lives. */
    public Path lock() {
        return folder.resolve("lock");
    }
}
