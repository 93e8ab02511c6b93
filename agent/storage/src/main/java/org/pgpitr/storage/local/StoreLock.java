package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Held by one thread of one process at a time, for a whole store: only replacements need it, and file systems without
 * links. A killed process's lock is free at once.
 */
final class StoreLock implements AutoCloseable {
    static final String NAME = ".lock" + TemporaryFile.SUFFIX;

    private static final String PERMISSIONS = "rw-r-----";

    /** The file's lock is the process's, so its threads need one among themselves; stores may share one. */
    private static final ReentrantLock[] IN_PROCESS =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    private final ReentrantLock inProcess;
    private final FileChannel file;

    private StoreLock(ReentrantLock inProcess, FileChannel file) {
        this.inProcess = inProcess;
        this.file = file;
    }

    /** Waits until it is free; the lock file stays for the next one. */
    static StoreLock take(Path root, Folders folders) throws IOException {
        Path real = root.toRealPath();
        ReentrantLock inProcess = IN_PROCESS[Math.floorMod(real.hashCode(), IN_PROCESS.length)];
        try {
            inProcess.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FileLockInterruptionException();
        }
        try {
            Path name = real.resolve(NAME);
            FileChannel file = FileChannel.open(
                    name,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PERMISSIONS)));
            try {
                folders.adopt(name, PERMISSIONS);
                file.lock();
                return new StoreLock(inProcess, file);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            inProcess.unlock();
            throw e;
        }
    }

    /** The lock, in a store where it has ever been taken. */
    static Optional<StoreLock> takeIfUsed(Path root, Folders folders) throws IOException {
        return Files.exists(root.resolve(NAME)) ? Optional.of(take(root, folders)) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            inProcess.unlock();
        }
    }
}
