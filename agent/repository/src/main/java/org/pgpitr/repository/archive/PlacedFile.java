package org.pgpitr.repository.archive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/**
 * A file that appears under its name only when it is complete and durable. It is written beside its place; until {@link
 * #place} it goes away with {@link #close}. Where the process dies before that, the file that is left has the process's
 * number in its name: the launcher takes it away, and otherwise the next one of that destination does.
 */
public final class PlacedFile implements AutoCloseable {
    private final Path destination;
    private final Path temporary;
    private final FileChannel channel;
    private final Thread onExit;

    /** @throws PgpitrException DISK_UNAVAILABLE, as all methods here, if there is no file to be made there, or no room for it */
    public PlacedFile(Path destination) {
        this.destination = destination.toAbsolutePath();
        try {
            Leftovers leftovers = new Leftovers(this.destination);
            leftovers.remove();
            this.temporary = leftovers.create();
            this.channel = FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw notWritten(e);
        }
        this.onExit = new Thread(() -> temporary.toFile().delete());
        try {
            Runtime.getRuntime().addShutdownHook(onExit);
        } catch (IllegalStateException e) {
            close();
            throw notWritten(new IOException("the process is ending", e));
        }
    }

    /** Appends. */
    void write(byte[] bytes, int length) {
        try {
            write(channel.position(), bytes, 0, length);
            channel.position(channel.position() + length);
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** Writes at a position, counted from 0. */
    public void write(long position, byte[] bytes, int offset, int length) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            for (long at = position; buffer.hasRemaining(); ) {
                at += channel.write(buffer, at);
            }
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** What was written at a position. */
    public byte[] read(long position, int length) {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + buffer.position()) < 0) {
                    throw new EOFException("it ends before " + (position + length));
                }
            }
            return buffer.array();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** In bytes, as far as it is written. */
    public long length() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** Fills the file up with zeros. */
    public void extend(long length) {
        if (length() < length) {
            write(length - 1, new byte[1], 0, 1);
        }
    }

    /** Makes the content durable, then its name. */
    public void place() {
        try {
            channel.force(true);
            channel.close();
            Files.move(temporary, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel directory = FileChannel.open(destination.getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    private PgpitrException notWritten(IOException cause) {
        return new PgpitrException(
                ExitCode.DISK_UNAVAILABLE,
                "can't write " + destination + ": " + cause,
                "check that its directory exists, is writable and has space",
                cause);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs, or has run.
        }
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw notWritten(e);
        }
    }
}
