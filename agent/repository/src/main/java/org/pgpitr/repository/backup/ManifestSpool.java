package org.pgpitr.repository.backup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.pgpitr.repository.TemporaryFolder;

/**
 * Lines that come from several lanes at once and are read back lane by lane. They wait in a temporary file; memory
 * holds one buffer a lane that is being written, and the places of the full ones. The temporary file fails with a
 * {@link org.pgpitr.error.PgpitrException}.
 */
final class ManifestSpool implements Closeable {
    private static final int RUN_BYTES = 64 << 10;

    private record Run(long offset, int length) {}

    private static final class Lane {
        private final List<Run> runs = new ArrayList<>();
        private Buffer buffer = new Buffer();
    }

    private static final class Buffer extends ByteArrayOutputStream {
        int capacity() {
            return buf.length;
        }
    }

    private final NavigableMap<Integer, Lane> lanes = new TreeMap<>();
    private final TemporaryFolder folder;
    private final Path file;
    private final FileChannel channel;
    private long fileLength;
    private long length;

    ManifestSpool(TemporaryFolder folder) {
        this.folder = folder;
        this.file = folder.file("pgpitr-manifest", ".jsonl");
        try {
            this.channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw folder.failed(e);
        }
    }

    void add(int lane, byte[] line) {
        Lane target = lanes.computeIfAbsent(lane, l -> new Lane());
        if (target.buffer == null) {
            throw new IllegalStateException("lane " + lane + " has ended");
        }
        target.buffer.writeBytes(line);
        length += line.length;
        if (target.buffer.size() >= RUN_BYTES) {
            flush(target);
        }
    }

    /** No line of that lane comes any more: it gives its buffer back. */
    void end(int lane) {
        Lane ended = lanes.get(lane);
        if (ended != null && ended.buffer != null) {
            flush(ended);
            ended.buffer = null;
        }
    }

    private void flush(Lane lane) {
        ByteBuffer bytes = ByteBuffer.wrap(lane.buffer.toByteArray());
        lane.runs.add(new Run(fileLength, bytes.remaining()));
        try {
            while (bytes.hasRemaining()) {
                fileLength += channel.write(bytes, fileLength);
            }
        } catch (IOException e) {
            throw folder.failed(e);
        }
        lane.buffer.reset();
    }

    /** Of all lines, in bytes. */
    long length() {
        return length;
    }

    /** How much memory the buffers take, filled or not. */
    int bufferBytes() {
        return lanes.values().stream()
                .filter(lane -> lane.buffer != null)
                .mapToInt(lane -> lane.buffer.capacity())
                .sum();
    }

    /** All lines, lane by lane, within a lane in the order they came. Nothing may be added meanwhile. */
    InputStream open() {
        Iterator<Lane> iterator = lanes.values().iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return iterator.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return open(iterator.next());
            }
        });
    }

    private InputStream open(Lane lane) {
        List<InputStream> parts = new ArrayList<>();
        Iterator<Run> runs = lane.runs.iterator();
        InputStream tail = new ByteArrayInputStream(lane.buffer == null ? new byte[0] : lane.buffer.toByteArray());
        InputStream spooled = new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return runs.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return read(runs.next());
            }
        });
        parts.add(spooled);
        parts.add(tail);
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    private InputStream read(Run run) {
        ByteBuffer bytes = ByteBuffer.allocate(run.length());
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, run.offset() + bytes.position()) < 0) {
                    throw new IOException(file + " became shorter");
                }
            }
        } catch (IOException e) {
            throw folder.failed(e);
        }
        return new ByteArrayInputStream(bytes.array());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw folder.failed(e);
        }
    }
}
