package org.pgpitr.service.archive;

import java.util.concurrent.Semaphore;

/**
 * How much of the machine is taken by pushes that run at once. Few of them compress; those that are done with it wait for
 * their stores, so that a store that answers late does not keep the processors idle, and what they hold is bounded. What one
 * has sent, another one that shares them does not send again.
 */
public final class PushLimits {
    /** So many pushes may be on their way to a store beside those that compress. */
    private static final int STORING = 8;

    private static final int UNIT = 1 << 16;
    private static final int MEMORY = 32 << 20;

    private final int compressing;
    private final Semaphore processors;
    private final Semaphore memory = new Semaphore(MEMORY / UNIT, true);
    private final PushedSegments pushed = new PushedSegments();

    /** @param compressing how many pushes compress at once */
    public PushLimits(int compressing) {
        this.compressing = compressing;
        this.processors = new Semaphore(compressing, true);
    }

    /** How many pushes can make use of these limits at once. */
    public int pushes() {
        return compressing + STORING;
    }

    /** What they have brought. */
    PushedSegments pushed() {
        return pushed;
    }

    /** Waits until one less compresses. To be followed by {@link #endCompressing}. */
    void beginCompressing() throws InterruptedException {
        processors.acquire();
    }

    void endCompressing() {
        processors.release();
    }

    /**
     * How many may be held at once of what takes so many bytes, beside the one that it is made of; at least one.
     *
     * @param bytes 0 for what is not in memory
     */
    static int copies(long bytes) {
        return bytes == 0 ? Integer.MAX_VALUE : (int) Math.max(1, MEMORY / bytes - 1);
    }

    /**
     * Waits until there is memory for so many bytes; for more than there ever is, until nobody else holds any.
     *
     * @return to be given to {@link #free}
     */
    int take(long bytes) throws InterruptedException {
        int units = units(bytes);
        memory.acquire(units);
        return units;
    }

    /**
     * Gives back what is not needed for so many bytes.
     *
     * @return what is still taken
     */
    int keep(int taken, long bytes) {
        int needed = Math.min(taken, units(bytes));
        memory.release(taken - needed);
        return needed;
    }

    private static int units(long bytes) {
        return (int) Math.min(MEMORY / UNIT, (bytes + UNIT - 1) / UNIT);
    }

    void free(int taken) {
        memory.release(taken);
    }
}
