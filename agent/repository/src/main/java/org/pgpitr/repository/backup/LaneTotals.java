package org.pgpitr.repository.backup;

/**
 * What a finished lane consists of. With it a missing object is found before anything is restored.
 *
 * @param lane counted from 0
 * @param objects how many objects, at most {@link #MOST_OBJECTS}; their sequence numbers are 0 to {@code objects - 1}
 * @param entries how many tar entries
 * @param plainBytes of the tar stream
 * @param storedBytes of the objects
 */
public record LaneTotals(int lane, int objects, long entries, long plainBytes, long storedBytes) {
    /** Of about 16 MiB each; a lane ends at about 1 GiB, or with one file that is longer, and none has a terabyte. */
    static final int MOST_OBJECTS = 1 << 16;

    public LaneTotals {
        if (lane < 0 || objects < 0 || objects > MOST_OBJECTS || entries < 0 || plainBytes < 0 || storedBytes < 0) {
            throw new IllegalArgumentException("no lane has such totals: lane " + lane + " of " + objects + " objects, "
                    + entries + " entries, " + plainBytes + " bytes stored as " + storedBytes);
        }
    }
}
