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

/** Held by one thread of one process at a time, for one folder. A killed process's lock is free at once. */
final class FolderLock implements AutoCloseable {
    static final String NAME = ".lock" + TemporaryFile.SUFFIX;

    private static final String PERMISSIONS = "rw-r-----";

    /** The file's lock is the process's, so its threads need one among themselves; shared by several folders. */
    private static final ReentrantLock[] IN_PROCESS =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    private final Path folder;
    private final ReentrantLock inProcess;
    private final FileChannel file;

    private FolderLock(Path folder, ReentrantLock inProcess, FileChannel file) {
        this.folder = folder;
        this.inProcess = inProcess;
        this.file = file;
    }

    /** Waits until it is free; the lock file stays for the next one. */
    static FolderLock take(Path folder, Folders folders) throws IOException {
        Path real = folder.toRealPath();
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
                return new FolderLock(real, inProcess, file);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            inProcess.unlock();
            throw e;
        }
    }

    /** The lock, in a folder where it has ever been taken. */
    static Optional<FolderLock> takeIfUsed(Path folder, Folders folders) throws IOException {
        return Files.exists(folder.resolve(NAME)) ? Optional.of(take(folder, folders)) : Optional.empty();
    }

    Path folder() {
        return folder;
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
