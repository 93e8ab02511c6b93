package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The folders beneath the root: made, made durable, owned as the root is, and removed when empty. */
final class Folders {
    private static final String PERMISSIONS = "rwxr-x---";

    /** No write takes that long, so a temporary file of that age belongs to a process that died. */
    static final Duration STALE = Duration.ofDays(1);

    private final Path root;
    private final DiskCalls calls;

    /** Folders whose entry in their parent is durable, with what tells whether they are still the same ones. */
    private final Map<Path, Object> durable = new ConcurrentHashMap<>();

    private final Set<Path> searchedForStale = ConcurrentHashMap.newKeySet();

    Folders(Path root, DiskCalls calls) {
        this.root = root;
        this.calls = calls;
    }

    void createRoot() throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path folder = root; folder != null && !Files.isDirectory(folder); folder = folder.getParent()) {
            missing.push(folder);
        }
        for (Path folder : missing) {
            createDirectory(folder);
            sync(folder.getParent());
        }
    }

    /** Makes the folder and its parents up to the root, which must exist, unless they are there; durable. */
    void ensure(Path folder) throws IOException {
        if (folder.equals(root)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            ensure(folder.getParent());
            createDirectory(folder);
            adopt(folder, PERMISSIONS);
        }
        Object identity = Objects.requireNonNullElse(
                Files.readAttributes(folder, BasicFileAttributes.class).fileKey(), folder);
        if (!identity.equals(durable.get(folder))) {
            // Also where another process made it: that one may not have come to this yet.
            ensure(folder.getParent());
            sync(folder.getParent());
            durable.put(folder, identity);
        }
    }

    private static void createDirectory(Path folder) throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PERMISSIONS)));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new FileAlreadyExistsException(folder.toString(), null, "an object stands in place of a folder");
            }
        }
    }

    void sync(Path folder) throws IOException {
        calls.sync(folder);
    }

    StoreLock lock() throws IOException {
        return StoreLock.take(root, this);
    }

    /** As {@link DiskCalls#link}. */
    void link(Path name, Path existing) throws IOException {
        calls.link(name, existing);
    }

    /**
     * Gives a new file or folder its permissions whatever the umask, and for the superuser the root's owner. File
     * systems that know no permissions show more of them than were asked for, and are left alone.
     */
    void adopt(Path created, String permissions) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(created, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes attributes = view.readAttributes();
        Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(permissions);
        if (!attributes.permissions().containsAll(wanted)) {
            view.setPermissions(wanted);
        }
        if (Integer.valueOf(0).equals(Files.getAttribute(created, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
            PosixFileAttributes ofRoot = Files.readAttributes(root, PosixFileAttributes.class);
            if (!ofRoot.group().equals(attributes.group())) {
                view.setGroup(ofRoot.group());
            }
            if (!ofRoot.owner().equals(attributes.owner())) {
                view.setOwner(ofRoot.owner());
            }
        }
    }

    /**
     * Returns if there is no such file although the root is there; fails where that can't be said, such as behind a
     * symbolic link to a disk that is not mounted.
     */
    void proveAbsent(Path file) throws IOException {
        if (!Files.readAttributes(root, BasicFileAttributes.class).isDirectory()) {
            throw new FileSystemException(root.toString(), null, "not a directory");
        }
        Path reached = root;
        for (Path part : root.relativize(file)) {
            reached = reached.resolve(part);
            try {
                BasicFileAttributes here =
                        Files.readAttributes(reached, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (here.isSymbolicLink() && !Files.exists(reached)) {
                    throw new FileSystemException(reached.toString(), null, "a symbolic link that leads nowhere");
                }
            } catch (NoSuchFileException e) {
                return;
            }
        }
    }

    /** Whether a parent of {@code file} is no folder, so that it can't exist. */
    boolean standsBeneathAFile(Path file) {
        for (Path parent = file.getParent(); !parent.equals(root); parent = parent.getParent()) {
            if (Files.isRegularFile(parent)) {
                return true;
            }
        }
        return false;
    }

    /** Removes what a process that died left behind in a folder; looks there once. */
    void removeStale(Path folder, Instant now) throws IOException {
        if (searchedForStale.add(folder)) {
            try (DirectoryStream<Path> temporary = Files.newDirectoryStream(folder, ".*-*" + TemporaryFile.SUFFIX)) {
                for (Path file : temporary) {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(STALE))) {
                        Files.deleteIfExists(file);
                    }
                }
            } catch (NoSuchFileException e) {
                // Another process has cleaned up here at the same time: nothing is left to do.
                searchedForStale.remove(folder);
            }
        }
    }

    /** After deletions: removes the folder and its parents as far as they are empty, and makes that durable. */
    void syncOrPrune(Path folder) throws IOException {
        Path left = folder;
        while (!left.equals(root) && removedIfEmpty(left)) {
            durable.remove(left);
            searchedForStale.remove(left);
            left = left.getParent();
        }
        sync(left);
    }

    private static boolean removedIfEmpty(Path folder) throws IOException {
        try {
            return !Files.isSymbolicLink(folder) && (Files.deleteIfExists(folder) || !Files.exists(folder));
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }
}
