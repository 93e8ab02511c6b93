package org.pgpitr.repository.codec;

/**
 * How many places of a file zstd remembers.
 *
 * @param longMatches base-2 logarithm of the places of long matches ({@code hashLog}); 0 for the level's own
 * @param shortMatches the same of short ones ({@code chainLog})
 */
record ZstdTables(int longMatches, int shortMatches) {
    private static final ZstdTables LEVELS_OWN = new ZstdTables(0, 0);

    /**
     * At the default level 16 kB of long matches and 64 kB of short ones instead of 768 kB, which stay in a processor's
     * cache. WAL, that repeats itself near by, is no larger for it, and takes three quarters of the time.
     */
    private static final ZstdTables FOR_WAL = new ZstdTables(12, 14);

    static ZstdTables at(int level) {
        return level == Codec.DEFAULT_LEVEL ? FOR_WAL : LEVELS_OWN;
    }
}
