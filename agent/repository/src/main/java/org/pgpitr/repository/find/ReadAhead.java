package org.pgpitr.repository.find;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Threads;

/** Fetches segments while others are read, some at a time, in a bounded amount of memory. */
final class ReadAhead implements AutoCloseable {
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_SEGMENTS = 8;

    private record Fetch(int index, Future<byte[]> content) {}

    private final IntFunction<byte[]> reader;
    private final IntPredicate wanted;
    private final int behind;
    private final int ahead;
    private final ExecutorService threads;
    private final Deque<Fetch> underWay = new ArrayDeque<>();
    private int next;

    /**
     * @param reader reads one, by its place
     * @param wanted which ones will be asked for, by and large
     */
    ReadAhead(WalSegmentSize size, int from, int behind, IntPredicate wanted, IntFunction<byte[]> reader) {
        this.reader = reader;
        this.wanted = wanted;
        this.next = from;
        this.behind = behind;
        this.ahead = (int) Math.max(1, Math.min(MOST_SEGMENTS, MOST_BYTES / size.bytes()));
        this.threads = Executors.newFixedThreadPool(ahead, Threads.daemons("find-read-ahead"));
    }

    /** A segment; to be called in order. Throws what its reading threw. */
    byte[] get(int index) {
        while (!underWay.isEmpty() && underWay.peek().index() < index) {
            underWay.remove().content().cancel(true);
        }
        next = Math.max(next, index);
        fill();
        if (underWay.isEmpty() || underWay.peek().index() != index) {
            return reader.apply(index);
        }
        byte[] content = Threads.result(underWay.remove().content(), "reading WAL");
        fill();
        return content;
    }

    private void fill() {
        while (underWay.size() < ahead && next < behind) {
            int index = next++;
            if (wanted.test(index)) {
                underWay.add(new Fetch(index, threads.submit(() -> reader.apply(index))));
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
