package org.pgpitr.repository.backup;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.ObjectKey;

/** The tar stream of a lane, decompressed. Errors name the object. */
final class LaneStream extends InputStream {
    /** Holds a whole frame at its worst, which zstd then decompresses in one go. */
    private static final int IN_BYTES = FrameCompressor.BOUND + (2 << 20);

    private final LaneObjects objects;
    private final BackupId id;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final ByteBuffer in = DirectBuffers.take(IN_BYTES).limit(0);
    private final ByteBuffer out =
            DirectBuffers.take(FrameCompressor.FRAME_BYTES).limit(0);
    private LaneObjects.Fetched object;
    private ObjectKey key;
    private int consumed;
    private boolean atFrameEnd = true;
    private long plainBytes;

    LaneStream(LaneObjects objects, BackupId id) {
        this.objects = objects;
        this.id = id;
    }

    /** How much was read so far. */
    long plainBytes() {
        return plainBytes;
    }

    /** The object that is being read; empty text before the first one. */
    String objectName() {
        return key == null ? "" : key.toString();
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
        while (!out.hasRemaining()) {
            if (!fill()) {
                return -1;
            }
        }
        int n = Math.min(length, out.remaining());
        out.get(bytes, offset, n);
        plainBytes += n;
        return n;
    }

    /** Decompresses some more; false at the lane's end. */
    private boolean fill() {
        while (true) {
            topUp();
            if (!in.hasRemaining() && atFrameEnd) {
                if (!nextObject()) {
                    return false;
                }
                continue;
            }
            int before = in.remaining();
            out.clear();
            try {
                atFrameEnd = zstd.decompressDirectByteBufferStream(out, in);
            } catch (ZstdException e) {
                throw damaged(e.getMessage());
            }
            out.flip();
            if (out.hasRemaining()) {
                return true;
            }
            if (!atFrameEnd && in.remaining() == before) {
                throw damaged(before == 0 ? "it ends within a zstd frame" : "its zstd frames make no sense");
            }
        }
    }

    /** Keeps at least a whole frame at hand, as far as the object has one. */
    private void topUp() {
        if (object == null || consumed == object.length() || in.remaining() >= FrameCompressor.BOUND) {
            return;
        }
        in.compact();
        int n = Math.min(in.remaining(), object.length() - consumed);
        in.put(object.bytes(), consumed, n);
        consumed += n;
        in.flip();
    }

    private boolean nextObject() {
        if (object != null) {
            // before the next is asked for, so that its buffer serves the one behind that
            objects.release(object);
            object = null;
        }
        object = objects.next();
        if (object == null) {
            return false;
        }
        key = object.key();
        consumed = 0;
        if (object.length() == 0) {
            throw damaged("it is empty");
        }
        return true;
    }

    private PgpitrException damaged(String how) {
        return LaneObjects.damaged(key, id, new IOException(how));
    }

    @Override
    public void close() {
        objects.close();
        zstd.close();
        DirectBuffers.release(in);
        DirectBuffers.release(out);
    }
}
