package org.pgpitr.postgres.wal;

import java.util.Arrays;
import java.util.Optional;
import org.pgpitr.postgres.PostgresMajor;

/**
 * The pages that records carry, whole: {@code RestoreBlockImage()} in {@code xlogreader.c}. Plain, or compressed with pglz,
 * lz4 or zstd; zstd is not in the JDK, so whoever has it lends it.
 */
public final class PageImages {
    /** {@code BLCKSZ}, as nearly every server is built. */
    static final int PAGE = 8192;

    /** Decompresses zstd. */
    @FunctionalInterface
    public interface Zstd {
        /**
         * The content of a frame.
         *
         * @param length how many bytes it should be; never makes more
         * @return empty if it is no frame of so many bytes
         */
        Optional<byte[]> decompress(byte[] stored, int length);
    }

    private final ImageFormat format;
    private final Zstd zstd;

    public PageImages(PostgresMajor major, Zstd zstd) {
        this.format = ImageFormat.of(major);
        this.zstd = zstd;
    }

    /**
     * The page of a block as the record leaves it; its LSN is older.
     *
     * @return empty if the record does not carry it, or it can't be read here
     * @throws BrokenWalException if it can't be decompressed
     */
    public Optional<byte[]> of(WalRecord record, BlockReference block) {
        if (!block.hasImage()) {
            return Optional.empty();
        }
        ImageFormat.Compression compression = format.compression(block.imageInfo);
        int hole = compression == ImageFormat.Compression.NONE ? PAGE - block.imageLength : block.holeLength;
        if (hole < 0 || hole > PAGE || block.holeOffset + hole > PAGE) {
            return Optional.empty();
        }
        byte[] stored = Arrays.copyOfRange(record.bytes(), block.imageOffset, block.imageOffset + block.imageLength);
        byte[] dense;
        try {
            dense = switch (compression) {
                case NONE -> stored;
                case PGLZ -> pglz(stored, PAGE - hole);
                case LZ4 -> lz4(stored, PAGE - hole);
                case ZSTD ->
                    zstd.decompress(stored, PAGE - hole)
                            .orElseThrow(() -> record.broken("its page can't be decompressed"));
            };
        } catch (IndexOutOfBoundsException e) {
            throw record.broken("its page can't be decompressed");
        }
        if (dense.length != PAGE - hole) {
            return Optional.empty();
        }
        byte[] page = new byte[PAGE];
        System.arraycopy(dense, 0, page, 0, block.holeOffset);
        System.arraycopy(dense, block.holeOffset, page, block.holeOffset + hole, dense.length - block.holeOffset);
        return Optional.of(page);
    }

    /** {@code pglz_decompress()} in {@code src/common/pg_lzcompress.c}. */
    private static byte[] pglz(byte[] in, int length) {
        byte[] out = new byte[length];
        int from = 0;
        int to = 0;
        while (from < in.length && to < length) {
            int control = in[from++];
            for (int bit = 0; bit < 8 && from < in.length && to < length; bit++, control >>= 1) {
                if ((control & 1) == 0) {
                    out[to++] = in[from++];
                    continue;
                }
                int count = (in[from] & 0x0F) + 3;
                int back = (in[from] & 0xF0) << 4 | in[from + 1] & 0xFF;
                from += 2;
                if (count == 18) {
                    count += in[from++] & 0xFF;
                }
                to = repeat(out, to, back, Math.min(count, length - to));
            }
        }
        return to == length ? out : new byte[0];
    }

    /** A block of the LZ4 format, {@code lz4_Block_format.md}. */
    private static byte[] lz4(byte[] in, int length) {
        byte[] out = new byte[length];
        int from = 0;
        int to = 0;
        while (from < in.length) {
            int token = in[from++] & 0xFF;
            int literals = token >> 4;
            for (int more = 255; literals >= 15 && more == 255; literals += more) {
                more = in[from++] & 0xFF;
            }
            System.arraycopy(in, from, out, to, literals);
            from += literals;
            to += literals;
            if (from >= in.length) {
                break;
            }
            int back = in[from] & 0xFF | (in[from + 1] & 0xFF) << 8;
            from += 2;
            int count = token & 0x0F;
            for (int more = 255; count >= 15 && more == 255; count += more) {
                more = in[from++] & 0xFF;
            }
            to = repeat(out, to, back, count + 4);
        }
        return to == length ? out : new byte[0];
    }

    private static int repeat(byte[] out, int to, int back, int count) {
        if (back == 0) {
            throw new IndexOutOfBoundsException("a copy of what is not there yet");
        }
        for (int i = 0; i < count; i++) {
            out[to + i] = out[to + i - back];
        }
        return to + count;
    }
}
