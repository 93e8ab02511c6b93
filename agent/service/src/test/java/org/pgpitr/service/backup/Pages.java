package org.pgpitr.service.backup;

import java.util.Random;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PageChecksum;

/** Pages of relations as PostgreSQL makes them. */
final class Pages {
    static final int SIZE = 8192;

    private Pages() {}

    /** Pages of random content with right checksums, numbered from {@code firstBlock}. */
    static byte[] random(Random random, int count, long firstBlock, Lsn lsn) {
        byte[] pages = new byte[count * SIZE];
        random.nextBytes(pages);
        for (int i = 0; i < count; i++) {
            finish(pages, i * SIZE, firstBlock + i, lsn);
        }
        return pages;
    }

    /** Gives the page its LSN, a header that is not blank, and its checksum. */
    static void finish(byte[] pages, int offset, long block, Lsn lsn) {
        putInt(pages, offset, (int) (lsn.value() >>> 32));
        putInt(pages, offset + 4, (int) lsn.value());
        pages[offset + 14] = 0x40;
        int checksum = PageChecksum.compute(pages, offset, SIZE, block);
        pages[offset + 8] = (byte) checksum;
        pages[offset + 9] = (byte) (checksum >>> 8);
    }

    private static void putInt(byte[] bytes, int offset, int value) {
        for (int i = 0; i < 4; i++) {
            bytes[offset + i] = (byte) (value >>> (8 * i));
        }
    }
}
