package org.pgpitr.service.archive;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.pgpitr.postgres.WalSegmentName;

/**
 * What the pushes of one process have brought a moment ago. A stream and the archiver bring the same segments, at nearly the
 * same time: who comes second waits for the first, and need not send what that has made durable.
 */
final class PushedSegments {
    /**
     * A segment that is durable.
     *
     * @param sha256 of its content
     * @param places in which objects of which stores
     */
    record Pushed(String sha256, List<String> places, long time) {}

    private static final int KEPT = 64;
    /** What is in a store longer than that has to be asked for: somebody may have taken it away. */
    private static final long BELIEVED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Set<WalSegmentName> underWay = new HashSet<>();
    private final Map<WalSegmentName, Pushed> pushed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<WalSegmentName, Pushed> eldest) {
            return size() > KEPT;
        }
    };

    /**
     * Waits until nobody else pushes a segment of that name. To be followed by {@link #end}.
     *
     * @return what was pushed under that name last; empty if that is not known any more
     */
    synchronized Optional<Pushed> begin(WalSegmentName name) throws InterruptedException {
        while (!underWay.add(name)) {
            wait();
        }
        return Optional.ofNullable(pushed.get(name)).filter(last -> System.nanoTime() - last.time() < BELIEVED_NANOS);
    }

    /** It is durable in all these places. */
    synchronized void done(WalSegmentName name, String sha256, List<String> places) {
        pushed.remove(name); // to be the youngest
        pushed.put(name, new Pushed(sha256, places, System.nanoTime()));
    }

    synchronized void end(WalSegmentName name) {
        underWay.remove(name);
        notifyAll();
    }
}
