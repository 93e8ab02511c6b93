package org.pgpitr.repository.backup;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Native buffers that one lane leaves to the next. The JVM frees them only when it collects the heap, which a long
 * backup hardly makes it do, so that those of finished lanes would pile up.
 */
final class DirectBuffers {
    private static final int KEPT = 8;
    private static final Map<Integer, BlockingQueue<ByteBuffer>> FREE = new ConcurrentHashMap<>();

    private DirectBuffers() {}

    /** An empty buffer of that capacity. */
    static ByteBuffer take(int capacity) {
        ByteBuffer buffer = free(capacity).poll();
        return buffer == null ? ByteBuffer.allocateDirect(capacity) : buffer.clear();
    }

    /** Takes back a buffer that nobody uses any more; one too many is left to the garbage collector. */
    static void release(ByteBuffer buffer) {
        free(buffer.capacity()).offer(buffer);
    }

    private static BlockingQueue<ByteBuffer> free(int capacity) {
        return FREE.computeIfAbsent(capacity, c -> new ArrayBlockingQueue<>(KEPT));
    }
}
