package org.pgpitr.postgres;

/** A page's checksum as its definition reads, word by word, in arithmetic without overflow: what the fast one must equal. */
final class PlainChecksum {
    private static final long[] SEEDS = {
        0x5B1F36E9L, 0xB8525960L, 0x02AB50AAL, 0x1DE66D2AL, 0x79FF467AL, 0x9BB9F8A3L, 0x217E7CD2L, 0x83E13D2CL,
        0xF8D4474FL, 0xE39EB970L, 0x42C6AE16L, 0x993216FAL, 0x7B093B5DL, 0x98DAFF3CL, 0xF718902AL, 0x0B1C9CDBL,
        0xE58F764BL, 0x187636BCL, 0x5D7B3BB1L, 0xE73DE7DEL, 0x92BEC979L, 0xCCA6C0B2L, 0x304A0979L, 0x85AA43D4L,
        0x783125BBL, 0x6CA8EAA2L, 0xE407EAC6L, 0x4B5CFC3EL, 0x9FBF8C76L, 0x15CA20BEL, 0xF2CA9FD3L, 0x959BD756L
    };

    private PlainChecksum() {}

    static int compute(byte[] page, long block) {
        byte[] copy = page.clone();
        copy[8] = 0;
        copy[9] = 0;
        long[] sums = SEEDS.clone();
        for (int word = 0; word < copy.length / 4; word++) {
            long value = 0;
            for (int i = 3; i >= 0; i--) {
                value = value << 8 | copy[word * 4 + i] & 0xFF;
            }
            sums[word % 32] = round(sums[word % 32], value);
        }
        long result = 0;
        for (long sum : sums) {
            result ^= round(round(sum, 0), 0);
        }
        return (int) ((result ^ block) % 65535) + 1;
    }

    private static long round(long sum, long value) {
        long mixed = sum ^ value;
        return (mixed * 16777619 & 0xFFFF_FFFFL) ^ mixed >>> 17;
    }
}
