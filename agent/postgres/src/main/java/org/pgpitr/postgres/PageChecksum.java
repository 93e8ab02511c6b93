package org.pgpitr.postgres;

/** The checksum of a page ({@code pg_checksum_page} in {@code src/include/storage/checksum_impl.h}). */
public final class PageChecksum {
    private PageChecksum() {}

    /**
     * The checksum a page should have; the page's own ({@code pd_checksum}) is taken as zero, as PostgreSQL does.
     *
     * @param page holds the page at {@code offset}
     * @param blockSize the page's size in bytes, a multiple of 128
     * @param blockNumber the page's number in its relation's fork, across the fork's files; unsigned 32 bits
     * @return 1 to 65535
     */
    public static int compute(byte[] page, int offset, int blockSize, long blockNumber) {
        throw new UnsupportedOperationException();
    }
}
