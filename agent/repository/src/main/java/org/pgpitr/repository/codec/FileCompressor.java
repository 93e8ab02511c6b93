package org.pgpitr.repository.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.repository.Threads;
import org.pgpitr.storage.Content;

/**
 * Reads one file after the other, each once, and compresses it from memory. zstd's context and the memory, which is
 * outside the heap, are used again for the next file. For one thread; what was read may be read by others too until
 * this is closed.
 */
public final class FileCompressor implements AutoCloseable {
    /** Longer files are not taken. */
    public static final int MAX_FILE = 16 << 20;

    /** So many of each size are kept for later when nobody uses them. */
    static final int KEPT = 2;

    /** For files of at most so many bytes there are others: a piece of a stream does not hold a segment's memory. */
    private static final int SMALL_FILE = 4 << 20;

    private static final int SMALLEST = 1 << 16;
    private static final int PART = 1 << 18;
    private static final Deque<FileCompressor> IDLE = new ArrayDeque<>();
    private static final Deque<FileCompressor> IDLE_SMALL = new ArrayDeque<>();

    private final int longest;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setChecksum(true);
    private final byte[] part = new byte[PART];
    private ByteBuffer plain = ByteBuffer.allocateDirect(SMALLEST).limit(0);
    private ByteBuffer compressed = ByteBuffer.allocateDirect(SMALLEST);
    private String digest;
    private boolean taken = true;

    private FileCompressor(int longest) {
        this.longest = longest;
    }

    /**
     * One that nobody else uses; to be closed, so that it is left to the next.
     *
     * @param longest of the files that it reads, in bytes; at most {@link #MAX_FILE}
     */
    public static FileCompressor take(long longest) {
        if (longest > MAX_FILE) {
            throw new IllegalArgumentException("a file of " + longest + " bytes");
        }
        synchronized (IDLE) {
            FileCompressor kept = idle(longest).poll();
            if (kept != null) {
                kept.taken = true;
                return kept;
            }
        }
        return new FileCompressor(longest > SMALL_FILE ? MAX_FILE : SMALL_FILE);
    }

    /**
     * Reads a file.
     *
     * @param file no longer than this was taken for
     * @return its bytes in memory; until this is closed, or reads another one
     * @throws IOException if it can't be read, or its length is not what it tells
     */
    public Content read(Content file) throws IOException {
        int length = Math.toIntExact(file.length());
        if (length > longest) {
            throw new IllegalArgumentException("a file of " + length + " bytes");
        }
        // One more, to see that the file ends where it should.
        plain = ofAtLeast(plain, length + 1).clear().limit(length + 1);
        file.read(plain);
        if (plain.flip().limit() != length) {
            throw new IOException("it changed while it was read");
        }
        ByteBuffer bytes = plain;
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() {
                return new BufferStream(bytes.duplicate());
            }
        };
    }

    /**
     * Compresses what was read. What comes of it stands in this one's memory until {@link #compressed} takes it out.
     *
     * @param level of zstd
     * @return its length in bytes
     */
    public int compress(int level) {
        ByteBuffer whole = plain.duplicate();
        // A processor that is idle takes the digest: a single fresh segment is there sooner.
        CompletableFuture<String> digesting = CompletableFuture.supplyAsync(
                () -> Sha256.of(whole),
                work -> Threads.daemons("segment-digest").newThread(work).start());
        ZstdTables tables = ZstdTables.at(level);
        try {
            compressed = ofAtLeast(compressed, Math.toIntExact(Zstd.compressBound(plain.limit())))
                    .clear();
            compressed.limit(zstd.setLevel(level)
                    .setHashLog(tables.longMatches())
                    .setChainLog(tables.shortMatches())
                    .compressDirectByteBuffer(compressed, 0, compressed.capacity(), plain, 0, plain.limit()));
        } finally {
            digest = digesting.join(); // for the next file is read into the same memory
        }
        return compressed.limit();
    }

    /**
     * What {@link #compress} made, in memory of its own.
     *
     * @param name the file's
     */
    public CompressedFile compressed(String name) {
        Spill frame = new Spill(Long.MAX_VALUE, TemporaryFolder.standard());
        ByteBuffer rest = compressed.duplicate();
        while (rest.hasRemaining()) {
            int count = Math.min(PART, rest.remaining());
            rest.get(part, 0, count);
            frame.write(part, 0, count);
        }
        return new CompressedFile(new FileTag(name, plain.limit(), digest), frame);
    }

    private static ByteBuffer ofAtLeast(ByteBuffer buffer, int length) {
        return buffer.capacity() >= length
                ? buffer
                : ByteBuffer.allocateDirect(Math.max(length, Math.min(2 * buffer.capacity(), MAX_FILE)));
    }

    /** Leaves it to the next user. */
    @Override
    public void close() {
        synchronized (IDLE) {
            if (!taken) {
                return;
            }
            taken = false;
            if (idle(longest).size() < KEPT) {
                idle(longest).push(this);
                return;
            }
        }
        zstd.close();
    }

    private static Deque<FileCompressor> idle(long longest) {
        return longest > SMALL_FILE ? IDLE : IDLE_SMALL;
    }

    /** How many wait for a user with files of that length. */
    static int kept(long longest) {
        synchronized (IDLE) {
            return idle(longest).size();
        }
    }

    private static final class BufferStream extends InputStream {
        private final ByteBuffer bytes;

        BufferStream(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (length > 0 && !bytes.hasRemaining()) {
                return -1;
            }
            int count = Math.min(length, bytes.remaining());
            bytes.get(into, offset, count);
            return count;
        }
    }
}
