package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.pgpitr.storage.ContentStream;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/** Says in the store's words what the file system said. */
final class DiskErrors {
    /** Java has no type for these, only the system's text; unknown ones count as worth another try. */
    private static final Map<String, Kind> BY_TEXT = Map.of(
            "no space left on device", Kind.FULL,
            "disk quota exceeded", Kind.FULL,
            "read-only file system", Kind.ACCESS_DENIED,
            "operation not permitted", Kind.ACCESS_DENIED,
            "permission denied", Kind.ACCESS_DENIED,
            "file name too long", Kind.OTHER,
            "not a directory", Kind.OTHER,
            "is a directory", Kind.OTHER,
            "too many levels of symbolic links", Kind.OTHER,
            "no locks available", Kind.UNSUPPORTED);

    private final Path root;

    DiskErrors(Path root) {
        this.root = root;
    }

    String location() {
        return "file://" + root;
    }

    /** @param tried such as {@code store main/1/cluster.json} */
    StorageException translate(String tried, IOException e) {
        String attempt = "could not " + tried + " at " + location() + ": ";
        if (e instanceof ContentStream.SourceFailure) {
            return new StorageException(Kind.SOURCE_FAILED, attempt + e.getMessage(), e);
        }
        if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
            Thread.currentThread().interrupt();
            return new StorageException(Kind.INTERRUPTED, attempt + "interrupted", e);
        }
        if (e instanceof AccessDeniedException) {
            return new StorageException(Kind.ACCESS_DENIED, attempt + "permission denied on " + e.getMessage(), e);
        }
        if (Files.notExists(root)) {
            return new StorageException(
                    Kind.NO_SUCH_LOCATION, attempt + "the folder does not exist", "is its disk mounted?", e);
        }
        return new StorageException(kind(e), attempt + text(e), e);
    }

    /**
     * As {@link #translate}; the system's text may be in another language, so a full disk is also known by its space.
     *
     * @param needed in bytes
     */
    StorageException translateWrite(String tried, long needed, IOException e) {
        StorageException failure = translate(tried, e);
        if (failure.isRetryable() && usableSpace() < needed) {
            return new StorageException(Kind.FULL, failure.getMessage(), e);
        }
        return failure;
    }

    private long usableSpace() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static Kind kind(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return Kind.OTHER;
        }
        String text = text(e).toLowerCase(Locale.ROOT);
        return BY_TEXT.entrySet().stream()
                .filter(known -> text.contains(known.getKey()))
                .map(Map.Entry::getValue)
                .findAny()
                .orElse(Kind.UNAVAILABLE);
    }

    private static String text(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason() + " (" + failure.getFile() + ")";
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
