package org.pgpitr.service.backup;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Deals out the files to the workers: the large ones first and the largest of them before the others, so that all
 * workers end at about the same time; then the small ones as they stand in their directories. Whoever is free takes the
 * next one.
 */
final class FileQueue {
    /** From here on a file is large. */
    static final long LARGE = 1 << 20;
    /** What {@link #next} gives when no file is left. */
    static final int END = -1;

    private static final int INDEX_BITS = 31;
    private static final long MAX_BLOCKS = 0xFFFF_FFFFL;

    private final int[] order;
    private final AtomicInteger taken = new AtomicInteger();

    FileQueue(FileList files) {
        long[] large = new long[16];
        int largeCount = 0;
        for (int i = 0; i < files.count(); i++) {
            if (files.size(i) >= LARGE) {
                if (largeCount == large.length) {
                    large = Arrays.copyOf(large, 2 * largeCount);
                }
                long blocks = Math.min(files.size(i) >>> 13, MAX_BLOCKS);
                large[largeCount++] = (-blocks << INDEX_BITS) | i;
            }
        }
        Arrays.sort(large, 0, largeCount);
        order = new int[files.count()];
        for (int i = 0; i < largeCount; i++) {
            order[i] = (int) (large[i] & ((1L << INDEX_BITS) - 1));
        }
        int next = largeCount;
        for (int i = 0; i < files.count(); i++) {
            if (files.size(i) < LARGE) {
                order[next++] = i;
            }
        }
    }

    /** The next file's number in the list, or {@link #END}. */
    int next() {
        int i = taken.getAndIncrement();
        return i < order.length ? order[i] : END;
    }
}
