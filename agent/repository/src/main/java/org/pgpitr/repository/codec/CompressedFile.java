package org.pgpitr.repository.codec;

import org.pgpitr.storage.Content;

/** A file compressed once, for all the objects it is to stand in ({@link Codec#encodeFile(CompressedFile, byte[])}). */
public final class CompressedFile {
    private final FileTag tag;
    private final Content frame;

    CompressedFile(FileTag tag, Content frame) {
        this.tag = tag;
        this.frame = frame;
    }

    /** What the objects tell of the file. */
    public FileTag tag() {
        return tag;
    }

    /** How much memory it takes, in bytes. */
    public long length() {
        return frame.length();
    }

    Content frame() {
        return frame;
    }
}
