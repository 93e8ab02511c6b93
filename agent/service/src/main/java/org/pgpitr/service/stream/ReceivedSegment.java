package org.pgpitr.service.stream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.storage.Content;

/**
 * A segment on its way: what has arrived of it, in a temporary file without a name, so that it takes no heap, whatever
 * the size of segments, and nothing is left behind by a kill. One thread appends, others read what it says has arrived.
 */
final class ReceivedSegment implements AutoCloseable {
    private static final int AT_ONCE = 1 << 17;

    private final WalSegmentName name;
    private final Lsn start;
    private final Lsn end;
    private final FileChannel channel;
    private volatile Lsn received;

    private ReceivedSegment(WalSegmentName name, WalSegmentSize size, FileChannel channel) {
        this.name = name;
        this.start = name.start(size);
        this.end = name.end(size);
        this.channel = channel;
        this.received = start;
    }

    static ReceivedSegment create(WalSegmentName name, WalSegmentSize size) {
        try {
            Path file = Files.createTempFile("pgpitr-", ".wal");
            return new ReceivedSegment(
                    name,
                    size,
                    FileChannel.open(
                            file,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw failed("keep", name, e);
        }
    }

    WalSegmentName name() {
        return name;
    }

    Lsn start() {
        return start;
    }

    /** The first byte of the next segment. */
    Lsn end() {
        return end;
    }

    /** The first byte that has not arrived. */
    Lsn received() {
        return received;
    }

    boolean isWhole() {
        return received.equals(end);
    }

    /** Takes what belongs to this segment, and leaves the rest. */
    void append(ByteBuffer bytes) {
        ByteBuffer own = bytes.slice();
        own.limit((int) Math.min(own.remaining(), end.minus(received)));
        int length = own.remaining();
        try {
            for (long at = received.minus(start); own.hasRemaining(); ) {
                at += channel.write(own, at);
            }
        } catch (IOException e) {
            throw failed("keep", name, e);
        }
        bytes.position(bytes.position() + length);
        received = received.plus(length);
    }

    /** What has arrived, or a part of it; stays readable until this is closed. */
    Content content(Lsn from, Lsn to) {
        return new Content() {
            @Override
            public long length() {
                return to.minus(from);
            }

            @Override
            public InputStream open() {
                return new Range(from.minus(start), to.minus(start));
            }
        };
    }

    byte[] bytes(Lsn from, int length) {
        try (InputStream in = content(from, from.plus(length)).open()) {
            return in.readNBytes(length);
        } catch (IOException e) {
            throw failed("read", name, e);
        }
    }

    private static PgpitrException failed(String what, WalSegmentName name, IOException e) {
        return new PgpitrException(
                ExitCode.DISK_UNAVAILABLE,
                "can't " + what + " what arrives of WAL segment " + name + " in a temporary file: " + e.getMessage(),
                "make room in java.io.tmpdir, or let it be another folder: PGPITR_JAVA_OPTS=-Djava.io.tmpdir=...",
                e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed("close", name, e);
        }
    }

    private final class Range extends InputStream {
        private long at;
        private final long behind;

        Range(long at, long behind) {
            this.at = at;
            this.behind = behind;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            // the channel takes a buffer as big beside the heap, and the thread keeps it
            int wanted = (int) Math.min(Math.min(length, AT_ONCE), behind - at);
            if (wanted == 0) {
                return -1;
            }
            int count = channel.read(ByteBuffer.wrap(bytes, offset, wanted), at);
            if (count < 0) {
                throw new EOFException(name + " ends at " + at);
            }
            at += count;
            return count;
        }
    }
}
