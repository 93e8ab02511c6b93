package org.pgpitr.repository.archive;

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
final class PlacedFile implements AutoCloseable {
    private final Path destination;
    private final Path temporary;
    private final FileChannel channel;
    private final Thread onExit;

    /** @throws PgpitrException USAGE if there is no file to be made there */
    PlacedFile(Path destination) {
        this.destination = destination.toAbsolutePath();
        try {
            Leftovers leftovers = new Leftovers(this.destination);
            leftovers.remove();
            this.temporary = leftovers.create();
            this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
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

    void write(byte[] bytes, int length) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** Makes the content durable, then its name. */
    void place() {
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
                ExitCode.USAGE,
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
