package org.pgpitr.service.archive;

import java.util.concurrent.Semaphore;

/**
 * How much of the machine is taken by pushes that run at once. Few of them compress; those that are done with it wait for
 * their stores, so that a store that answers late does not keep the processors idle, and what they hold is bounded.
 */
public final class PushLimits {
    /** So many pushes may be on their way to a store beside those that compress. */
    private static final int STORING = 8;

    private static final int UNIT = 1 << 16;
    private static final int UNITS = (32 << 20) / UNIT;

    private final int compressing;
    private final Semaphore processors;
    private final Semaphore memory = new Semaphore(UNITS, true);

    /** @param compressing how many pushes compress at once */
    public PushLimits(int compressing) {
        this.compressing = compressing;
        this.processors = new Semaphore(compressing, true);
    }

    /** How many pushes can make use of these limits at once. */
    public int pushes() {
        return compressing + STORING;
    }

    /** Waits until one less compresses. To be followed by {@link #endCompressing}. */
    void beginCompressing() throws InterruptedException {
        processors.acquire();
    }

    void endCompressing() {
        processors.release();
    }

    /**
     * Waits until there is memory for so many bytes; for more than there ever is, until nobody else holds any.
     *
     * @return to be given to {@link #free}
     */
    int take(long bytes) throws InterruptedException {
        int units = (int) Math.min(UNITS, (bytes + UNIT - 1) / UNIT);
        memory.acquire(units);
        return units;
    }

    void free(int taken) {
        memory.release(taken);
    }
}
