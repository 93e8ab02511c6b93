package org.pgpitr.repository.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where the annex stands in a file's object that is not encrypted: in the second skippable frame, behind the tag. */
public final class StoredAnnex {
    public static final int FRAME_HEADER = 8;
    /** Where the length of a frame stands, from the frame's beginning on. */
    public static final int LENGTH_FIELD = 4;

    private StoredAnnex() {}

    /** Where its frame begins. */
    public static int at(byte[] object) {
        return FRAME_HEADER + littleEndian(object, LENGTH_FIELD);
    }

    /** How long it is, behind the frame's header. */
    public static int length(byte[] object) {
        return littleEndian(object, at(object) + LENGTH_FIELD);
    }

    private static int littleEndian(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }
}
