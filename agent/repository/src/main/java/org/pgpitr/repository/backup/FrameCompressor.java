package org.pgpitr.repository.backup;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import org.pgpitr.repository.codec.Codec;

/**
 * Cuts a stream into zstd frames of {@link #FRAME_BYTES} plaintext, each with its checksum and readable without the
 * others, and gathers them in objects. Works in direct buffers, so that the compressor never holds up the garbage
 * collector by pinning arrays.
 */
final class FrameCompressor implements AutoCloseable {
    /** Plaintext of a frame: zstd's window at the usual levels, so that cutting costs next to no compression. */
    static final int FRAME_BYTES = 2 << 20;

    /** The most a frame can be compressed. */
    static final int BOUND = (int) Zstd.compressBound(FRAME_BYTES);

    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final ByteBuffer plain = DirectBuffers.take(FRAME_BYTES);
    private final ByteBuffer compressed = DirectBuffers.take(BOUND);
    private final LaneUploads uploads;
    private byte[] object;
    private int objectLength;
    private int sequence;

    FrameCompressor(Codec codec, LaneUploads uploads) {
        this.uploads = uploads;
        zstd.setLevel(codec.level());
        zstd.setChecksum(true);
        zstd.setContentSize(true);
    }

    /** Where the next byte goes. */
    LanePosition position(int lane) {
        if (!plain.hasRemaining()) {
            flushFrame();
        }
        return new LanePosition(lane, sequence, objectLength, plain.position());
    }

    void write(byte[] bytes, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (!plain.hasRemaining()) {
                flushFrame();
            }
            int n = Math.min(left, plain.remaining());
            plain.put(bytes, from, n);
            from += n;
            left -= n;
        }
    }

    /** Hands everything over; returns how many objects there are. */
    int finish() {
        if (plain.position() > 0) {
            flushFrame();
        }
        if (objectLength > 0) {
            cutObject();
        }
        return sequence;
    }

    private void flushFrame() {
        if (object == null) {
            object = uploads.takeBuffer();
        }
        int n = zstd.compressDirectByteBuffer(compressed, 0, BOUND, plain, 0, plain.position());
        compressed.get(0, object, objectLength, n);
        objectLength += n;
        plain.clear();
        // decided now, so that the position of what comes next is known before it is compressed
        if (objectLength + BOUND > object.length) {
            cutObject();
        }
    }

    private void cutObject() {
        uploads.submit(object, objectLength, sequence);
        object = null;
        objectLength = 0;
        sequence++;
    }

    @Override
    public void close() {
        zstd.close();
        DirectBuffers.release(plain);
        DirectBuffers.release(compressed);
    }
}
