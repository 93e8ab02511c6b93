package org.pgpitr.service.prefetch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Threads;
import org.pgpitr.service.agent.AgentLock;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.agent.BellRinger;
import org.pgpitr.service.agent.Pause;
import org.pgpitr.service.agent.Trouble;
import org.pgpitr.service.spool.Acknowledgements;
import org.pgpitr.service.spool.Ask;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;

/**
 * Fetches the segments that one recovery will ask for next, and keeps nothing else: a window behind the segment that it
 * was given last. Only whole segments are kept, which never change; what else a hook asks for is looked for when it asks,
 * and that something is absent is never remembered against one that does.
 */
final class PrefetchSession implements AutoCloseable {
    /** What a hook that asks for a segment is told. */
    enum Answer {
        /** It is there. */
        LOOK,
        /** It is being fetched, or looked for. */
        WAIT,
        /** It is there for the one that asked. */
        TAKE,
        /** Every repository has just said that there is no such file. */
        ABSENT,
        /** Fetch it yourself. */
        DIRECT
    }

    private enum State {
        UNDER_WAY,
        READY,
        ABSENT,
        FAILED
    }

    private static final class Fetch {
        private State state = State.UNDER_WAY;
    }

    private static final long END_SECONDS = 10;

    private final long number;
    private final SpoolOwner owner;
    private final Path dataDirectory;
    private final SegmentSource segments;
    private final int depth;
    private final PrefetchSettings settings;
    private final AgentLog log;
    private final Clock clock;
    private final PrefetchMetrics metrics;
    private final Runnable bell;
    private final PrefetchFolder folder;
    private final AgentLock lock;
    private final Acknowledgements acknowledgements;
    private final BellRinger watch;
    private final ExecutorService pool;
    private final Errands errands;

    private final Map<WalSegmentName, Fetch> fetches = new TreeMap<>();
    private final Pause pause = new Pause();
    private int underWay;
    private boolean closed;
    private WalSegmentName position;
    private TimelineHistoryName goal;
    private TimelineHistory history;
    private long active = System.nanoTime();
    private Trouble trouble;
    /** There is no room for even one segment. */
    private boolean scarce;

    /**
     * Begins one. The segments are closed with it, also if it does not come to be.
     *
     * @param number no two of a process have the same
     * @param bell rung when there may be something to do
     * @throws org.pgpitr.error.PgpitrException LOCKED if another agent prefetches for this data directory
     */
    PrefetchSession(
            long number,
            SpoolOwner owner,
            Path dataDirectory,
            Spool recovery,
            SegmentSource segments,
            PrefetchSettings settings,
            AgentLog log,
            Clock clock,
            PrefetchMetrics metrics,
            Runnable bell)
            throws IOException {
        this.number = number;
        this.owner = owner;
        this.dataDirectory = dataDirectory;
        this.segments = segments;
        this.depth = settings.depth(segments.segmentSize());
        this.settings = settings;
        this.log = log;
        this.clock = clock;
        this.metrics = metrics;
        this.bell = bell;
        this.folder = new PrefetchFolder(dataDirectory);
        try {
            this.lock = folder.open();
        } catch (IOException | RuntimeException e) {
            segments.close();
            throw e;
        }
        this.acknowledgements = new Acknowledgements(recovery);
        try {
            acknowledgements.beginFor(owner);
            this.watch = new BellRinger(List.of(folder.folder()), bell);
        } catch (IOException | RuntimeException e) {
            folder.close(lock);
            segments.close();
            throw e;
        }
        this.pool = Executors.newFixedThreadPool(settings.workers(), Threads.daemons("pgpitr-prefetch"));
        this.errands = new Errands(dataDirectory, folder, segments, bell);
    }

    /** Whether it serves hooks of that configuration, as that is now, and as keys and accounts are now. */
    boolean isFor(SpoolOwner other) {
        return owner.equals(other) && segments.isCurrent();
    }

    /** For whom, in the line by which hooks know it. */
    String owner() {
        return owner.line();
    }

    /** The recovery has got a file that was not fetched ahead. */
    synchronized void delivered(WalFileName file) {
        active = System.nanoTime();
        if (file instanceof WalSegmentName segment) {
            position = segment;
            // what was absent a moment ago may be there as this one was
            fetches.values().removeIf(fetch -> fetch.state == State.ABSENT);
        } else if (file instanceof TimelineHistoryName name
                && (goal == null || name.timeline().compareTo(goal.timeline()) > 0)) {
            goal = name;
        }
    }

    /** Sees what was taken, gives up what is not wanted any more, and fetches what is. */
    synchronized void work(List<Ask> asks) throws IOException {
        if (!asks.isEmpty()) {
            active = System.nanoTime();
        }
        for (int taken = errands.settle(asks); taken > 0; taken--) {
            metrics.taken();
        }
        noticeTaken();
        List<WalSegmentName> window = window();
        giveUpAllBut(window);
        long room = window.isEmpty() ? 0 : room();
        for (Ask ask : asks) {
            if (ask.file() instanceof WalSegmentName name && window.contains(name)) {
                begin(name, room);
            }
        }
        for (WalSegmentName name : window) {
            begin(name, room);
            Fetch fetch = fetches.get(name);
            if (fetch == null || fetch.state == State.ABSENT || fetch.state == State.FAILED) {
                break; // the end of the archive, or something is in the way
            }
        }
        long ready = count(State.READY);
        metrics.ready(ready, ready * segments.segmentSize().bytes());
    }

    private void noticeTaken() throws IOException {
        for (Iterator<Map.Entry<WalSegmentName, Fetch>> all = fetches.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<WalSegmentName, Fetch> each = all.next();
            WalSegmentName name = each.getKey();
            if (each.getValue().state == State.READY && !Files.exists(folder.place(name))) {
                acknowledgements.remove(name.toString());
                all.remove();
                metrics.taken();
                active = System.nanoTime();
                if (position == null || number(name) > number(position)) {
                    position = name;
                }
            }
        }
    }

    private long number(WalSegmentName name) {
        return name.number(segments.segmentSize());
    }

    private List<WalSegmentName> window() {
        return position == null || idle().compareTo(settings.idleTimeout()) >= 0
                ? List.of()
                : new RecoveryPath(history(), segments.segmentSize()).behind(position, depth);
    }

    /** PostgreSQL keeps in {@code pg_wal} the history that it follows. */
    private Optional<TimelineHistory> history() {
        if (goal != null && (history == null || !history.timeline().equals(goal.timeline()))) {
            try {
                Path file = dataDirectory.resolve("pg_wal").resolve(goal.toString());
                history = Files.exists(file)
                        ? TimelineHistory.parse(goal.timeline(), Files.readString(file, StandardCharsets.ISO_8859_1))
                        : null;
            } catch (IOException | InvalidFormatException e) {
                history = null; // then the next timeline comes as a surprise
            }
        }
        return Optional.ofNullable(history);
    }

    private void giveUpAllBut(List<WalSegmentName> window) throws IOException {
        HashSet<WalSegmentName> wanted = new HashSet<>(window);
        for (Iterator<Map.Entry<WalSegmentName, Fetch>> all = fetches.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<WalSegmentName, Fetch> each = all.next();
            State state = each.getValue().state;
            if (wanted.contains(each.getKey()) || state == State.UNDER_WAY) {
                continue;
            }
            if (state == State.READY) {
                acknowledgements.remove(each.getKey().toString());
                Files.deleteIfExists(folder.place(each.getKey()));
            }
            all.remove();
        }
    }

    private void begin(WalSegmentName name, long room) {
        Fetch known = fetches.get(name);
        boolean begun = known != null && known.state != State.FAILED;
        if (begun || underWay >= settings.workers() || !pause.isOver() || taken() >= room) {
            return;
        }
        Fetch fetch = new Fetch();
        fetches.put(name, fetch);
        underWay++;
        pool.execute(() -> fetch(name, fetch));
    }

    private long taken() {
        return count(State.READY) + underWay;
    }

    /** For how many segments. Fewer than the budget allows is no trouble; none at all is told. */
    private long room() throws IOException {
        // begun again only with room for more, or a segment of the server's own would turn it off again
        long room = folder.roomFor(segments.segmentSize(), scarce ? 2 : 1);
        long taken = taken();
        if (scarce && taken < room) {
            log.info(Prefetcher.NAME, "the disk of pg_wal has room again");
            scarce = false;
            trouble = null;
        } else if (!scarce && taken == 0 && room <= 0) {
            trouble = new Trouble(
                    ExitCode.DISK_UNAVAILABLE,
                    "nothing is prefetched: the disk of pg_wal is full, or as good as that",
                    "archive-get goes on by itself; make room",
                    clock.instant());
            log.warning(Prefetcher.NAME, trouble.sentence());
            scarce = true;
        }
        return room;
    }

    private long count(State state) {
        return fetches.values().stream().filter(fetch -> fetch.state == state).count();
    }

    private void fetch(WalSegmentName name, Fetch fetch) {
        Path fetched = folder.fetched(name, number);
        try {
            if (segments.fetch(name, fetched)) {
                arrived(name, fetch, fetched);
            } else {
                absent(fetch);
            }
        } catch (IOException | RuntimeException | Error e) {
            failed(name, fetch, e);
        } finally {
            bell.run();
        }
    }

    private synchronized void arrived(WalSegmentName name, Fetch fetch, Path fetched) throws IOException {
        if (closed || !window().contains(name)) {
            underWay--;
            fetches.remove(name, fetch);
            Files.deleteIfExists(fetched);
            return;
        }
        Path place = folder.place(name);
        Files.move(fetched, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        acknowledgements.add(name.toString(), Files.getLastModifiedTime(place));
        underWay--;
        fetch.state = State.READY;
        metrics.fetched();
        pause.succeeded();
        trouble = null;
    }

    private synchronized void absent(Fetch fetch) {
        underWay--;
        fetch.state = State.ABSENT;
        pause.succeeded();
    }

    private synchronized void failed(WalSegmentName name, Fetch fetch, Throwable thrown) {
        underWay--;
        fetch.state = State.FAILED;
        if (closed || Thread.currentThread().isInterrupted()) {
            return; // told to stop
        }
        failed(name, thrown);
    }

    private void failed(WalFileName name, Throwable thrown) {
        if (trouble == null) {
            log.warning(
                    Prefetcher.NAME,
                    name + " is not prefetched: "
                            + Trouble.of(thrown, clock.instant()).sentence());
            log.defect(Prefetcher.NAME, thrown);
        }
        trouble = Trouble.of(thrown, clock.instant());
        pause.failed();
        metrics.failed();
    }

    synchronized Answer answer(Ask ask) {
        Answer foreseen = errands.isBegun(ask) ? Answer.DIRECT : foreseen(ask);
        if (foreseen != Answer.DIRECT || ask.once().isEmpty() || !pause.isOver()) {
            return foreseen;
        }
        return switch (errands.state(ask)) {
            case UNDER_WAY -> Answer.WAIT;
            case NOT_OURS -> Answer.DIRECT;
            case ABSENT -> {
                storeAnswered();
                metrics.absent();
                yield Answer.ABSENT;
            }
            case THERE -> {
                storeAnswered();
                metrics.fetched();
                errands.given(ask);
                delivered(ask.file());
                yield Answer.TAKE;
            }
            case FAILED -> {
                failed(ask.file(), errands.failure(ask));
                yield Answer.DIRECT;
            }
        };
    }

    private void storeAnswered() {
        pause.succeeded();
        if (!scarce) {
            trouble = null;
        }
    }

    private Answer foreseen(Ask ask) {
        if (!(ask.file() instanceof WalSegmentName name) || !window().contains(name)) {
            return Answer.DIRECT;
        }
        Fetch fetch = fetches.get(name);
        if (fetch == null) {
            return underWay > 0 && pause.isOver() ? Answer.WAIT : Answer.DIRECT;
        }
        return switch (fetch.state) {
            case READY -> Answer.LOOK;
            case UNDER_WAY -> Answer.WAIT;
            case FAILED, ABSENT -> Answer.DIRECT;
        };
    }

    /** How long the recovery has asked for nothing. */
    synchronized Duration idle() {
        return Duration.ofNanos(System.nanoTime() - active);
    }

    synchronized Map<String, Object> status() {
        long ready = count(State.READY);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("last_delivered", position);
        facts.put("ready_files", ready);
        facts.put("ready_bytes", ready * segments.segmentSize().bytes());
        facts.put("under_way", underWay);
        facts.put(
                "last_error",
                Optional.ofNullable(trouble).map(Trouble::sentence).orElse(null));
        facts.put(
                "last_error_time", Optional.ofNullable(trouble).map(this::time).orElse(null));
        return facts;
    }

    private Instant time(Trouble of) {
        return of.time();
    }

    /** Breaks off what is under way. */
    static void end(ExecutorService pool) {
        pool.shutdownNow();
        try {
            pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves nothing behind. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
        }
        pool.shutdownNow();
        errands.close();
        end(pool);
        segments.close();
        watch.close();
        metrics.ready(0, 0);
        try {
            acknowledgements.end();
        } finally {
            folder.close(lock);
        }
    }
}
