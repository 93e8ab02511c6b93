package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.spool.Spool;

/** One agent a data directory. The kernel gives the lock back when the process ends, however it ends. */
public final class AgentLock implements AutoCloseable {
    private final Path file;
    private final Object key;
    private final FileChannel channel;

    private AgentLock(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.key = keyOf(file);
    }

    private static Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Whether it still keeps others out: somebody who removes the spool lets a second agent in. */
    boolean holds() {
        try {
            return Objects.equals(key, keyOf(file));
        } catch (IOException e) {
            return false;
        }
    }

    /** @throws PgpitrException LOCKED if another process holds it; USAGE if it can't be written */
    public static AgentLock acquire(Path file, Path dataDirectory) throws IOException {
        FileChannel channel = open(file);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new AgentLock(file, channel);
            }
        } catch (OverlappingFileLockException e) {
            // this very process holds it
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new PgpitrException(
                ExitCode.LOCKED,
                "an agent for " + dataDirectory + " is running already",
                "`pgpitr status` tells of it; one is enough");
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "can't write " + file + ": " + e,
                    "the spool has to be a folder that the server's user can write to; " + Spool.VARIABLE
                            + " names another one, for the agent and for the server",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
