package org.pgpitr.storage;

/**
 * A part of an object.
 *
 * @param offset the first byte, from 0
 * @param length how many bytes, at least 1
 */
public record ByteRange(long offset, long length) {
    public ByteRange {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException("not a range: offset " + offset + ", length " + length);
        }
    }

    public static ByteRange first(long length) {
        return new ByteRange(0, length);
    }
}
