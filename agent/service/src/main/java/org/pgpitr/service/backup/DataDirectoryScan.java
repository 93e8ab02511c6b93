package org.pgpitr.service.backup;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.DataDirectoryContents;
import org.pgpitr.postgres.DataDirectoryContents.Treatment;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.PathNames;
import org.pgpitr.service.Progress;

/**
 * Lists what a backup takes from a data directory, as {@code sendDir()} in PostgreSQL's {@code basebackup.c} goes about
 * it: symbolic links are followed where PostgreSQL allows them (tablespaces, {@code pg_wal} and the directories whose
 * content is left out anyway) and skipped with a word elsewhere, and so are special files; what vanishes meanwhile is
 * left out. {@code global/pg_control} is not listed, since it is copied last.
 */
final class DataDirectoryScan {
    private static final String WAL = "pg_wal";
    private static final int NEW_DIRECTORY_MODE = 0700;

    private final Path root;
    private final DataDirectoryContents contents;
    private final String versionDirectory;
    private final Set<String> tablespaces;
    private final Progress progress;
    private final FileList files = new FileList();
    private final Deque<String> toEnter = new ArrayDeque<>();
    private final Set<Path> tablespacesInside = new HashSet<>();

    /**
     * @param root the data directory, absolute
     * @param versionDirectory this version's directory in a tablespace, such as {@code PG_17_202406281}; what else
     *     stands in a tablespace is not this cluster's
     * @param tablespaces the oids of those to be copied; one that came after the backup's start is made by replay, which
     *     could not do so if it were there already
     */
    DataDirectoryScan(
            Path root,
            DataDirectoryContents contents,
            String versionDirectory,
            Set<String> tablespaces,
            Progress progress) {
        this.root = root;
        this.contents = contents;
        this.versionDirectory = versionDirectory;
        this.tablespaces = tablespaces;
        this.progress = progress;
    }

    /**
     * Reads the directories; of the files only the attributes are looked at.
     *
     * @throws PgpitrException USAGE if this user may not read something
     */
    FileList run() throws InterruptedException {
        findTablespacesInside();
        toEnter.push(".");
        while (!toEnter.isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            enter(toEnter.pop());
        }
        return files;
    }

    /** A tablespace that was put inside the data directory must not be copied twice. */
    private void findTablespacesInside() {
        Path parent = root.resolve(TablespaceDirectories.PARENT);
        for (String oid : tablespaces) {
            Path tablespace = parent.resolve(oid);
            try {
                // one that was dropped meanwhile is not there any more
                if (Files.isSymbolicLink(tablespace) && Files.exists(tablespace)) {
                    tablespacesInside.add(tablespace.toRealPath());
                }
            } catch (IOException e) {
                throw LocalFiles.unreadable(tablespace, e);
            }
        }
    }

    private void enter(String directory) {
        Path path = PathNames.resolve(root, directory);
        try {
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
            int number = files.directory(entry(directory, attributes));
            if (directory.equals(WAL)) {
                contents.walDirectories().forEach(below -> files.directory(entry(below, attributes)));
            }
            if (tablespacesInside.contains(path) || treatment(directory) == Treatment.KEEP_EMPTY) {
                return;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    visit(directory, number, entry);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            if (directory.equals(".")) {
                throw LocalFiles.unreadable(path, e);
            }
        } catch (IOException e) {
            throw LocalFiles.unreadable(path, e);
        }
    }

    private void visit(String directory, int number, Path entry) throws IOException {
        String name = PathNames.of(entry.getFileName());
        String path = FileList.below(directory, name);
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(entry, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (attributes.isRegularFile()) {
            if (!path.equals(ControlFile.PATH) && contents.file(path, this::exists) == Treatment.COPY) {
                files.file(number, name, attributes.size());
            }
        } else if (directory.equals(TablespaceDirectories.PARENT) && TablespaceDirectories.isOid(name)) {
            visitTablespace(path, name, attributes);
        } else if (attributes.isSymbolicLink()) {
            visitLink(path, entry, attributes);
        } else if (!attributes.isDirectory()) {
            progress.say("skipping special file " + path);
        } else if (treatment(path) != Treatment.LEAVE_OUT) {
            toEnter.push(path);
        }
    }

    /** A link, or in place; the link itself is made anew from the backup's {@code tablespace_map}. */
    private void visitTablespace(String path, String oid, PosixFileAttributes attributes) {
        if (tablespaces.contains(oid)) {
            if (attributes.isDirectory()) {
                files.directory(entry(path, attributes));
            }
            toEnter.push(path + "/" + versionDirectory);
        }
    }

    private void visitLink(String path, Path link, PosixFileAttributes attributes) {
        if (contents.link(path) == Treatment.LEAVE_OUT) {
            progress.say("skipping symbolic link " + path);
        } else if (Files.isDirectory(link)) {
            toEnter.push(path);
        } else {
            files.directory(ManifestEntry.directory(
                    path, NEW_DIRECTORY_MODE, attributes.lastModifiedTime().toInstant()));
        }
    }

    private Treatment treatment(String path) {
        return contents.directory(path.equals(".") ? "" : path);
    }

    /** Asked for once a file of a relation, so without the exceptions that {@link Files} makes of an absent file. */
    private boolean exists(String path) {
        return new File(root.toString(), path).exists();
    }

    private static ManifestEntry entry(String path, PosixFileAttributes attributes) {
        return ManifestEntry.directory(
                path, FileMode.of(attributes), attributes.lastModifiedTime().toInstant());
    }
}
