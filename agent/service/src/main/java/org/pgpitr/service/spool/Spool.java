package org.pgpitr.service.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** Owned by the user that this process runs as. */
    private static final Path SELF = Path.of("/proc/self/status");

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private record Place(Path root, Path folder) {}

    private final Path root;
    private final Path folder;

    /** @param dataDirectory its real path */
    public Spool(Path root, Path dataDirectory) {
        this(new Place(
                root.toAbsolutePath(),
                root.toAbsolutePath().resolve(Path.of("/").relativize(dataDirectory))));
    }

    private Spool(Place place) {
        this.root = place.root();
        this.folder = place.folder();
    }

    /**
     * The root that an environment tells; else {@link #STANDARD}, if it is this user's; else a folder of this user's in
     * {@code /tmp}, for hosts on which nobody made the standard one. The launcher finds the same. The superuser, who runs no
     * server, looks into the standard one.
     */
    public static Path root(Map<String, String> environment) {
        String set = environment.getOrDefault(VARIABLE, "");
        if (!set.isEmpty()) {
            return Path.of(set);
        }
        Optional<Object> user = owner(SELF);
        Optional<Object> standard = owner(STANDARD);
        return user.isEmpty()
                        || standard.equals(user)
                        || (standard.isPresent() && user.get().equals(0))
                ? STANDARD
                : Path.of("/tmp", "pgpitr-" + user.get());
    }

    /** Whether this process runs as the user who owns that file. */
    public static boolean isOwn(Path file) {
        Optional<Object> user = owner(SELF);
        return user.isPresent() && owner(file).equals(user);
    }

    private static Optional<Object> owner(Path file) {
        try {
            return Optional.of(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** Where {@code archive-get} and the prefetcher meet, as {@code archive-push} and the archiver do in this one. */
    public Spool recovery() {
        return new Spool(new Place(root, folder.resolve("recovery")));
    }

    /**
     * Makes what is missing.
     *
     * @throws PgpitrException USAGE if the folders can't be made, or others could put acknowledgements there
     */
    public void create() {
        try {
            Files.createDirectories(root, PRIVATE);
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS);
            if (root.startsWith("/tmp") && !owner(root).equals(owner(SELF))) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "the spool " + root + " is another user's",
                        "name a folder of the server's user in " + VARIABLE + ", for the agent and for the server");
            }
            if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "the spool " + root + " can be written to by other users",
                        "make it a folder of the server's user alone: chmod 700");
            }
            Spool recovery = recovery();
            for (Path each : List.of(
                    acknowledged(),
                    asked(),
                    receivers(),
                    recovery.acknowledged(),
                    recovery.asked(),
                    recovery.delivered())) {
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

    /** Of a recovery: one file each that {@code archive-get} has delivered without the prefetcher. */
    public Path delivered() {
        return folder.resolve("delivered");
    }

    /** The named pipe through which waiting hooks are answered. */
    public Path answers() {
        return folder.resolve("answers");
    }

    /** What the agent says of itself. */
    public Path status() {
        return folder.resolve("status.json");
    }

    /** One file a receiver without an agent, by its slot. */
    public Path receivers() {
        return folder.resolve("receivers");
    }

    /** What the receiver of a slot, without an agent, says of itself. */
    public Path receiver(String slot) {
        return receivers().resolve(slot + ".json");
    }

    /** What an agent that was started on demand logs. */
    public Path log() {
        return folder.resolve("agent.log");
    }

    /** Touched when an agent is started on demand. */
    public Path starting() {
        return folder.resolve("starting");
    }

    /** Held locked by the agent for as long as it lives. */
    public Path lock() {
        return folder.resolve("lock");
    }
}
