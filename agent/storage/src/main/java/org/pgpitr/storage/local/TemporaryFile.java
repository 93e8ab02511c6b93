package org.pgpitr.storage.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ContentStream;
import org.pgpitr.storage.ObjectVersion;

/** A whole, durable file that has no name of its own yet; gone when closed, unless it was renamed. */
final class TemporaryFile implements AutoCloseable {
    static final String SUFFIX = ".tmp";

    private static final int BUFFER = 256 * 1024;
    private static final String PERMISSIONS = "rw-r-----";

    /** File systems keep times in units from a nanosecond to two seconds. */
    private static final List<Duration> TIME_STEPS =
            List.of(Duration.ofNanos(1_000), Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofSeconds(2));

    private final Path path;
    private final Folders folders;

    private TemporaryFile(Path path, Folders folders) {
        this.path = path;
        this.folders = folders;
    }

    /** Writes the content to the folder, and to the disk. */
    static TemporaryFile write(Path folder, Content content, Folders folders) throws IOException {
        TemporaryFile file = new TemporaryFile(folder.resolve("." + UUID.randomUUID() + SUFFIX), folders);
        try {
            file.fill(content);
            folders.removeStale(folder, Files.getLastModifiedTime(file.path).toInstant());
            return file;
        } catch (IOException | RuntimeException | Error e) {
            try {
                file.close();
            } catch (IOException notRemoved) {
                e.addSuppressed(notRemoved);
            }
            throw e;
        }
    }

    private void fill(Content content) throws IOException {
        try (InputStream in = ContentStream.open(content);
                FileChannel out = FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PERMISSIONS)))) {
            folders.adopt(path, PERMISSIONS);
            byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, content.length()))];
            for (int n; (n = in.read(buffer)) >= 0; ) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(true);
        }
    }

    Path path() {
        return path;
    }

    /**
     * Gives the file its name, unless that is taken.
     *
     * @return false if it is taken
     */
    boolean linkTo(Path name) throws IOException {
        try {
            folders.link(name, path);
            return true;
        } catch (FileAlreadyExistsException e) {
            // A network file system may have lost its answer and asked again by itself: then the name is ours.
            return Files.isSameFile(path, name);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return moveTo(name, e);
        }
    }

    /** For file systems without hard links: under a lock that all who write there take, as links fail them too. */
    private boolean moveTo(Path name, Exception noLinks) throws IOException {
        try (StoreLock held = folders.lock()) {
            if (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            Files.move(path, name, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            e.addSuppressed(noLinks);
            throw e;
        }
    }

    /** Makes the file's time later than that of the file it is going to replace, so that their versions differ. */
    ObjectVersion laterThan(FileTime replaced) throws IOException {
        for (Duration step : TIME_STEPS) {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.lastModifiedTime().compareTo(replaced) > 0) {
                return FileVersion.of(attributes);
            }
            Files.setLastModifiedTime(path, FileTime.from(replaced.toInstant().plus(step)));
        }
        return FileVersion.of(Files.readAttributes(path, BasicFileAttributes.class));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
