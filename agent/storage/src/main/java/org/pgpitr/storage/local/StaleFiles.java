package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Temporary files that writers left which died: no objects, and of no use. A writer removes those it meets in a folder
 * where it writes; nobody writes into old folders.
 */
public final class StaleFiles {
    private static final Pattern NAME = Pattern.compile("\\.[0-9a-f-]{36}" + Pattern.quote(TemporaryFile.SUFFIX));

    private final Path root;
    private final Folders folders;
    private final DiskErrors errors;

    /** @param root of a {@link LocalDiskStore} */
    public StaleFiles(Path root) {
        this.root = root.toAbsolutePath();
        this.folders = new Folders(this.root, DiskCalls.SYSTEM);
        this.errors = new DiskErrors(this.root);
    }

    /**
     * A file that nobody writes any more.
     *
     * @param path absolute
     * @param bytes its length
     */
    public record Stale(Path path, long bytes) {}

    /**
     * Those beneath a folder of the store that were last written more than a day ago.
     *
     * @param folder as in keys, such as {@code main}
     * @throws org.pgpitr.storage.StorageException if a folder can't be read
     */
    public List<Stale> find(String folder, Instant now) {
        List<Stale> found = new ArrayList<>();
        Path top = root.resolve(folder);
        try {
            if (Files.isDirectory(top)) {
                Files.walkFileTree(top, new Search(found, now.minus(Folders.STALE)));
            }
            return found;
        } catch (IOException e) {
            throw errors.translate("search " + folder + " for temporary files", e);
        }
    }

    /**
     * Deletes them; success for one that is gone.
     *
     * @throws org.pgpitr.storage.StorageException if one can't be deleted
     */
    public void delete(Collection<Stale> files) {
        for (Stale file : files) {
            try {
                Files.deleteIfExists(file.path());
                folders.syncOrPrune(file.path().getParent());
            } catch (IOException e) {
                throw errors.translate("delete " + root.relativize(file.path()), e);
            }
        }
    }

    private static final class Search extends SimpleFileVisitor<Path> {
        private final List<Stale> found;
        private final Instant before;

        Search(List<Stale> found, Instant before) {
            this.found = found;
            this.before = before;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()
                    && NAME.matcher(file.getFileName().toString()).matches()
                    && attributes.lastModifiedTime().toInstant().isBefore(before)) {
                found.add(new Stale(file, attributes.size()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }
    }
}
