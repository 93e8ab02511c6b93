package org.pgpitr.postgres.wal;

import org.pgpitr.postgres.PostgresMajor;

/** How a major marks the images of pages ({@code BKPIMAGE_*} in {@code xlogrecord.h}; changed in 15). */
enum ImageFormat {
    UNTIL_14(0x02),
    FROM_15(0x04 | 0x08 | 0x10);

    private static final int HAS_HOLE = 0x01;

    private final int compressed;

    ImageFormat(int compressed) {
        this.compressed = compressed;
    }

    static ImageFormat of(PostgresMajor major) {
        return major.isAtLeast(15) ? FROM_15 : UNTIL_14;
    }

    /** How an image's bytes are compressed. */
    enum Compression {
        NONE,
        PGLZ,
        LZ4,
        ZSTD
    }

    Compression compression(int imageInfo) {
        if (this == UNTIL_14) {
            return (imageInfo & compressed) != 0 ? Compression.PGLZ : Compression.NONE;
        }
        return switch (imageInfo & compressed) {
            case 0 -> Compression.NONE;
            case 0x04 -> Compression.PGLZ;
            case 0x08 -> Compression.LZ4;
            default -> Compression.ZSTD;
        };
    }

    /** A compressed image with a hole is followed by the hole's length. */
    boolean hasHoleLength(int imageInfo) {
        return (imageInfo & HAS_HOLE) != 0 && (imageInfo & compressed) != 0;
    }
}
