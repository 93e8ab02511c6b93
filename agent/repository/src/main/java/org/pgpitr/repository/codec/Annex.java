package org.pgpitr.repository.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What is told about a file beside it, in a second zstd skippable frame behind its tag: for a WAL segment, its summary.
 * The codec does not look into it.
 */
final class Annex {
    /** Longer ones are neither written nor read. */
    static final int MAX_LENGTH = 1 << 20;

    private static final int SKIPPABLE_FRAME = 0x184D2A51;
    private static final int FRAME_HEADER = 8;

    private Annex() {}

    static byte[] toFrame(byte[] annex) {
        if (annex.length > MAX_LENGTH) {
            throw new IllegalArgumentException("an annex of " + annex.length + " bytes");
        }
        return ByteBuffer.allocate(FRAME_HEADER + annex.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(SKIPPABLE_FRAME)
                .putInt(annex.length)
                .put(annex)
                .array();
    }

    /** So that {@link #read} can step back. */
    static PushbackInputStream peekable(InputStream compressed) {
        return new PushbackInputStream(compressed, FRAME_HEADER);
    }

    /**
     * Reads the frame, if it is the next one, and leaves the stream behind it.
     *
     * @throws EOFException if the stream ends before the frame does
     */
    static Optional<byte[]> read(PushbackInputStream in) throws IOException {
        byte[] header = in.readNBytes(FRAME_HEADER);
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        if (header.length < FRAME_HEADER || fields.getInt() != SKIPPABLE_FRAME) {
            in.unread(header);
            return Optional.empty();
        }
        int length = fields.getInt();
        if (length < 0 || length > MAX_LENGTH) {
            throw new DamagedException("its second frame is too long");
        }
        byte[] annex = in.readNBytes(length);
        if (annex.length < length) {
            throw new EOFException("it is cut off");
        }
        return Optional.of(annex);
    }
}
