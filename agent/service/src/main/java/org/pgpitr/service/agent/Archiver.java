package org.pgpitr.service.agent;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Threads;
import org.pgpitr.service.archive.RepositoriesException;
import org.pgpitr.service.spool.Acknowledgements;
import org.pgpitr.service.spool.AnswerPipe;
import org.pgpitr.service.spool.Ask;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;

/**
 * Ships what PostgreSQL offers to be archived, several files at once and ahead of PostgreSQL's own archiver, and
 * acknowledges it in the archiver's order: a file only when all before it are durable. Never drops anything: what fails
 * is tried again, ever more seldom, and PostgreSQL keeps it meanwhile. Where some of several repositories fail, the others
 * get what comes all the same, as far as files are known here, and one file finds out whether it is over.
 */
public final class Archiver implements AgentComponent {
    /** So many files are known at most; also how far the acknowledgements can be ahead. */
    static final int WINDOW = 256;

    private static final Duration LONGEST_REST = Duration.ofSeconds(1);
    /** A look at a folder of 100,000 files is not cheap: this many times its duration lies between two looks. */
    private static final int REST_BETWEEN_LOOKS = 10;

    private final Path dataDirectory;
    private final WalSegmentSize segmentSize;
    private final Spool spool;
    private final SpoolOwner owner;
    private final Consumer<Path> push;
    private final int workers;
    private final AgentLog log;
    private final Clock clock;
    private final ArchiverMetrics metrics;
    private final ArchiveStatus archiveStatus;
    private final Semaphore bell = new Semaphore(0);

    private final Map<WalFileName, Shipment> shipments = new TreeMap<>(ArchiveStatus.ORDER);
    /** What keeps every file from being archived. */
    private final Outage everywhere = new Outage();
    /** What keeps them from some repositories, while the others take them. */
    private final Outage somewhere = new Outage();

    private Acknowledgements acknowledgements;
    private Backlog backlog = Backlog.NONE;
    private int underWay;
    private Trouble lastTrouble;
    private boolean spoolWorks = true;
    private WalFileName lastArchived;
    private Instant lastArchivedTime;
    private Instant oldest;
    private long needed = System.nanoTime();
    private volatile boolean atWork;
    private volatile long turned = System.nanoTime();

    /**
     * @param dataDirectory its real path
     * @param owner for whom acknowledgements are made
     * @param push makes a file, given by its path in {@code pg_wal}, durable in every repository, or throws
     * @param workers how many pushes run at once
     */
    public Archiver(
            Path dataDirectory,
            WalSegmentSize segmentSize,
            Spool spool,
            SpoolOwner owner,
            Consumer<Path> push,
            int workers,
            AgentLog log,
            Clock clock,
            MeterRegistry registry) {
        this.dataDirectory = dataDirectory;
        this.segmentSize = segmentSize;
        this.spool = spool;
        this.owner = owner;
        this.push = push;
        this.workers = workers;
        this.log = log;
        this.clock = clock;
        this.metrics = new ArchiverMetrics(registry);
        this.archiveStatus = new ArchiveStatus(dataDirectory);
    }

    @Override
    public String name() {
        return "archiver";
    }

    @Override
    public void run() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers, Threads.daemons("pgpitr-ship"));
        try {
            begin(); // before the pipe is there: a hook that asks from then on is heard
            work(pool);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            atWork = false;
            pool.shutdownNow();
            pool.awaitTermination(LONGEST_REST.toSeconds() * 10, TimeUnit.SECONDS);
        }
    }

    private void work(ExecutorService pool) throws IOException, InterruptedException {
        try (AnswerPipe answers = AnswerPipe.create(spool.answers());
                BellRinger watch = new BellRinger(List.of(archiveStatus.folder(), spool.asked()), bell::release)) {
            atWork = true;
            long nextLook = System.nanoTime();
            while (true) {
                turned = System.nanoTime();
                List<Ask> asks = Ask.pending(spool, answers);
                long now = System.nanoTime();
                if (now - nextLook >= 0 || asks.stream().anyMatch(ask -> isUnknown(ask.file()))) {
                    look();
                    nextLook = System.nanoTime() + (System.nanoTime() - now) * REST_BETWEEN_LOOKS;
                }
                synchronized (this) {
                    acknowledge(asks);
                    answer(asks, answers);
                    ship(asks, pool);
                    if (!asks.isEmpty() || backlog.files() > 0 || underWay > 0 || isWaitedFor()) {
                        needed = System.nanoTime();
                    }
                }
                if (!answers.isInPlace()) {
                    throw new IOException("the spool " + spool.folder() + " was removed");
                }
                rest();
            }
        }
    }

    private boolean isWaitedFor() {
        return !acknowledgements.names().isEmpty();
    }

    @Override
    public synchronized Duration idle() {
        return Duration.ofNanos(System.nanoTime() - needed);
    }

    @Override
    public boolean isAtWork() {
        return atWork;
    }

    @Override
    public Duration still() {
        return Duration.ofNanos(System.nanoTime() - turned);
    }

    private synchronized void begin() throws IOException {
        shipments.clear();
        underWay = 0;
        acknowledgements = new Acknowledgements(spool);
        acknowledgements.begin(owner);
    }

    private void rest() throws InterruptedException {
        bell.tryAcquire(LONGEST_REST.toNanos(), TimeUnit.NANOSECONDS);
        bell.drainPermits();
    }

    private synchronized boolean isUnknown(WalFileName name) {
        return !shipments.containsKey(name);
    }

    /** Learns what waits, and forgets what PostgreSQL has written down as archived. */
    private void look() throws IOException {
        Set<String> known = acknowledgements.names();
        Backlog seen = archiveStatus.look(WINDOW, known);
        Optional<WalFileName> first = seen.first().stream()
                .filter(name -> !known.contains(name.toString()))
                .findFirst();
        Instant since = first.flatMap(archiveStatus::readySince).orElse(null);
        synchronized (this) {
            backlog = seen;
            oldest = since;
            Set<WalFileName> window = new HashSet<>(seen.first());
            shipments
                    .values()
                    .removeIf(each -> !window.contains(each.name()) && each.state() != Shipment.State.UNDER_WAY);
            window.forEach(name -> shipments.computeIfAbsent(name, Shipment::new));
        }
        for (String name : known) {
            if (!archiveStatus.isReady(WalFileName.parse(name))) {
                acknowledgements.remove(name);
            }
        }
        metrics.backlog(
                seen.files(),
                seen.segments() * segmentSize.bytes(),
                since == null
                        ? 0
                        : Math.max(0, Duration.between(since, clock.instant()).toSeconds()));
    }

    /** Goes on in order up to the first file that is not durable everywhere. */
    private void acknowledge(List<Ask> asks) {
        for (Shipment each : shipments.values()) {
            if (each.state() != Shipment.State.DURABLE) {
                return;
            }
            if (each.isAcknowledged()) {
                continue;
            }
            if (followsUndecided(each.name())
                    && asks.stream().noneMatch(ask -> ask.file().equals(each.name()))) {
                return;
            }
            if (!acknowledge(each)) {
                return;
            }
        }
    }

    private boolean followsUndecided(WalFileName name) {
        if (!(name instanceof WalSegmentName segment)) {
            return false;
        }
        long number = segment.number(segmentSize);
        return number > 0 && archiveStatus.isUndecided(WalSegmentName.of(segment.timeline(), number - 1, segmentSize));
    }

    private boolean acknowledge(Shipment shipment) {
        if (!shipment.stamp().holds(archiveStatus.file(shipment.name()))) {
            // not the file that was read; it is read again if it is still offered
            shipments.put(shipment.name(), new Shipment(shipment.name()));
            return false;
        }
        try {
            acknowledgements.add(shipment.name().toString(), shipment.stamp().modified());
            shipment.acknowledge();
            if (!spoolWorks) {
                log.info(name(), "the spool takes acknowledgements again");
                spoolWorks = true;
            }
            return true;
        } catch (IOException e) {
            if (spoolWorks) {
                log.warning(name(), "can't write acknowledgements; the hooks do the work themselves: " + e);
                spoolWorks = false;
            }
            return false;
        }
    }

    private void answer(List<Ask> asks, AnswerPipe answers) throws IOException {
        for (Ask ask : asks) {
            Shipment shipment = shipments.get(ask.file());
            if (shipment == null) {
                answers.direct(ask); // nothing that PostgreSQL offers: somebody calls by hand
            } else if (shipment.isAcknowledged()) {
                answers.look(ask);
            } else if (!spoolWorks) {
                answers.direct(ask);
            } else {
                Optional<Trouble> trouble = inTheWayOf(ask.file());
                if (trouble.isEmpty()) {
                    continue;
                }
                Trouble why = trouble.get();
                answers.failed(ask, why.code(), why.message(), why.hint());
            }
            ask.done();
        }
    }

    /** What keeps a file from being acknowledged for longer than a moment. */
    private Optional<Trouble> inTheWayOf(WalFileName name) {
        if (everywhere.lasts() && everywhere.rests()) {
            return everywhere.trouble();
        }
        for (Shipment each : shipments.values()) {
            if (each.trouble() != null && each.state() == Shipment.State.WAITING) {
                return Optional.of(each.trouble());
            }
            if (each.name().equals(name)) {
                break;
            }
        }
        return Optional.empty();
    }

    private void ship(List<Ask> asks, ExecutorService pool) {
        if (everywhere.rests()) {
            return;
        }
        for (Ask ask : asks) {
            begin(shipments.get(ask.file()), pool);
        }
        for (Shipment each : shipments.values()) {
            // After a failure that concerns every file one of them finds out whether it is over.
            if (underWay >= (everywhere.lasts() ? 1 : workers)) {
                return;
            }
            begin(each, pool);
        }
    }

    private void begin(Shipment shipment, ExecutorService pool) {
        if (shipment == null || !shipment.mayBegin() || underWay >= workers) {
            return;
        }
        if (shipment.isInSome() && (somewhere.rests() || isOneInSomeUnderWay())) {
            return;
        }
        shipment.begin();
        underWay++;
        pool.execute(() -> push(shipment));
    }

    private boolean isOneInSomeUnderWay() {
        return shipments.values().stream()
                .anyMatch(each -> each.isInSome() && each.state() == Shipment.State.UNDER_WAY);
    }

    private void push(Shipment shipment) {
        Path file = archiveStatus.file(shipment.name());
        long begun = System.nanoTime();
        try {
            FileStamp before = FileStamp.of(file);
            push.accept(dataDirectory.relativize(file));
            arrived(shipment, before, System.nanoTime() - begun);
        } catch (IOException | RuntimeException | Error e) {
            failed(shipment, e);
        } finally {
            bell.release();
        }
    }

    private synchronized void arrived(Shipment shipment, FileStamp file, long nanos) {
        underWay--;
        shipment.arrived(file);
        boolean again = everywhere.end();
        again |= somewhere.end();
        if (again) {
            log.info(name(), "archiving again, " + backlog.files() + " files wait");
            shipments.values().forEach(Shipment::goOn);
        }
        if (shipment.name() instanceof WalSegmentName) {
            lastArchived = lastArchived == null || ArchiveStatus.ORDER.compare(shipment.name(), lastArchived) > 0
                    ? shipment.name()
                    : lastArchived;
            lastArchivedTime = clock.instant();
        }
        metrics.archived(file.size(), nanos);
    }

    private synchronized void failed(Shipment shipment, Throwable thrown) {
        underWay--;
        if (Thread.currentThread().isInterrupted()) {
            return; // told to stop
        }
        if (!archiveStatus.isReady(shipment.name())) {
            shipments.remove(shipment.name()); // archived by somebody else meanwhile, and gone
            return;
        }
        Trouble trouble = Trouble.of(thrown, clock.instant());
        lastTrouble = trouble;
        metrics.failed();
        boolean inSome =
                thrown instanceof RepositoriesException several && several.isOfSome() && trouble.isOfTheStore();
        boolean told;
        if (inSome) {
            shipment.failedInOthers(trouble);
            everywhere.end();
            told = !somewhere.failed(trouble);
        } else {
            shipment.failed(trouble);
            told = trouble.concernsEveryFile() && !everywhere.failed(trouble);
        }
        if (!told) {
            log.error(name(), shipment.name() + " is not archived: " + trouble.sentence());
        }
        if (!trouble.concernsEveryFile()) {
            log.defect(name(), thrown);
        }
    }

    @Override
    public synchronized Map<String, Object> status() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("last_archived", lastArchived);
        facts.put("last_archived_time", lastArchivedTime);
        facts.put(
                "acknowledged_ahead",
                acknowledgements == null ? 0 : acknowledgements.names().size());
        facts.put("under_way", underWay);
        facts.put("waiting_files", backlog.files());
        facts.put("oldest_waiting_since", oldest);
        Outage outage = everywhere.lasts() ? everywhere : somewhere;
        facts.put(
                "store_available",
                outage.trouble().filter(Trouble::isOfTheStore).isEmpty());
        facts.put("next_attempt_seconds", outage.lasts() ? outage.left().toSeconds() : null);
        facts.put("last_error", lastTrouble == null ? null : lastTrouble.sentence());
        facts.put("last_error_time", lastTrouble == null ? null : lastTrouble.time());
        return facts;
    }
}
