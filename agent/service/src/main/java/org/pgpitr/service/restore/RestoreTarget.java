package org.pgpitr.service.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.backup.PathNames;

/**
 * The directories a restore writes to: the data directory and one a tablespace. Nothing is ever written through a
 * symbolic link: those are made when all files are there.
 */
final class RestoreTarget {
    private final Path into;
    private final TablespacePlaces tablespaces;
    private final FileOwner owner;
    private final Set<Path> directories = ConcurrentHashMap.newKeySet();

    RestoreTarget(Path into, TablespacePlaces tablespaces, FileOwner owner) {
        this.into = into;
        this.tablespaces = tablespaces;
        this.owner = owner;
    }

    Path into() {
        return into;
    }

    TablespacePlaces tablespaces() {
        return tablespaces;
    }

    FileOwner owner() {
        return owner;
    }

    /**
     * @throws PgpitrException USAGE if the data directory or a tablespace's is there and not empty
     */
    void requireEmpty() throws IOException {
        requireEmpty(into, "restore into another directory, or empty this one first");
        for (Path place : tablespaces.directories()) {
            requireEmpty(
                    place,
                    "give the tablespace another directory with --tablespace-map NAME=DIR, or empty this one first");
        }
    }

    private static void requireEmpty(Path directory, String hint) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new PgpitrException(ExitCode.USAGE, directory + " is not a directory", hint);
        }
        if (Files.exists(directory.resolve(UnfinishedMarker.NAME))) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    directory + " holds an interrupted restore",
                    "remove it, and what it put into tablespaces' directories, then restore again");
        }
        Optional<Long> server = runningServer(directory.resolve("postmaster.pid"));
        if (server.isPresent()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "a server is running in " + directory + " (process " + server.get() + ")",
                    "restore into another directory");
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            if (entries.iterator().hasNext()) {
                throw new PgpitrException(ExitCode.USAGE, directory + " is not empty", hint);
            }
        }
    }

    private static Optional<Long> runningServer(Path pidFile) throws IOException {
        if (!Files.isReadable(pidFile)) {
            return Optional.empty();
        }
        String first = Files.readString(pidFile, StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        if (!first.matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        long pid = Long.parseLong(first);
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(ProcessHandle::pid);
    }

    /** The nearest parent of a path that exists, or the path itself. */
    static Path nearestExisting(Path path) {
        Path existing = path;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return existing;
    }

    /** Makes the data directory and the tablespaces' directories. */
    void create() throws IOException {
        createRoot(into);
        for (Path place : tablespaces.directories()) {
            createRoot(place);
        }
    }

    private void createRoot(Path root) throws IOException {
        Path existing = nearestExisting(root);
        if (existing.equals(root)) {
            Files.setAttribute(root, "unix:mode", 0700);
            owner.own(root);
            directories.add(root);
            return;
        }
        // known, so that making directories upwards ends there
        directories.add(existing);
        makeDirectory(root);
    }

    /** The file that an entry's path stands for. */
    Path resolve(String path) {
        return tablespaces
                .placeOf(path)
                .map(place -> PathNames.resolve(place, TablespacePlaces.within(path)))
                .orElseGet(() -> PathNames.resolve(into, path));
    }

    /** Makes a directory and those above it, as far as they are not there yet. */
    void makeDirectory(Path directory) throws IOException {
        if (directories.contains(directory)) {
            return;
        }
        makeDirectory(directory.getParent());
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            owner.own(directory);
        } catch (FileAlreadyExistsException e) {
            // another worker was faster; anything else but its directory is refused
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new PgpitrException(
                        ExitCode.CORRUPT,
                        "the backup is damaged: \"" + directory + "\" is both a directory and something else",
                        "remove what was restored and restore from another backup; see `pgpitr list`",
                        e);
            }
        }
        directories.add(directory);
    }

    /** All directories that have got new entries. */
    List<Path> touchedDirectories() {
        return List.copyOf(directories);
    }
}
