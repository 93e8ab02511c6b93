package org.pgpitr.service.prefetch;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.agent.AgentComponent;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.agent.BellRinger;
import org.pgpitr.service.agent.Postmaster;
import org.pgpitr.service.spool.AnswerPipe;
import org.pgpitr.service.spool.Ask;
import org.pgpitr.service.spool.Delivery;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;
import org.pgpitr.storage.StorageException;

/**
 * Fetches WAL ahead of a recovery, and answers its requests. It begins when {@code archive-get} leaves word that it has
 * answered one, and with whatever configuration it was called with; it ends when the recovery does.
 */
public final class Prefetcher implements AgentComponent {
    static final String NAME = "prefetch";

    private static final Duration LONGEST_REST = Duration.ofSeconds(1);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);
    /** A server asks for the history of the timeline that it comes from when it has removed its signal files. */
    private static final Duration LAST_REQUESTS = Duration.ofSeconds(2);

    private final Path dataDirectory;
    private final Spool recovery;
    private final Map<String, String> environment;
    private final Function<RecoverySource, SegmentSource> segments;
    private final PrefetchSettings settings;
    private final AgentLog log;
    private final Clock clock;
    private final PrefetchMetrics metrics;
    private final Semaphore bell = new Semaphore(0);

    private volatile PrefetchSession session;
    private volatile boolean over;
    private volatile boolean atWork;
    private long sessions;
    private long refused;
    private long begun = System.nanoTime();
    /** When it was last seen to recover. */
    private OptionalLong recovered = OptionalLong.empty();

    /**
     * @param dataDirectory its real path
     * @param environment of this process: a hook with another one takes nothing
     * @param segments opens what a {@code restore_command} reads; throws {@link PgpitrException} if it can't
     */
    public Prefetcher(
            Path dataDirectory,
            Spool spool,
            Map<String, String> environment,
            Function<RecoverySource, SegmentSource> segments,
            PrefetchSettings settings,
            AgentLog log,
            Clock clock,
            MeterRegistry registry) {
        this.dataDirectory = dataDirectory;
        this.recovery = spool.recovery();
        this.environment = Map.copyOf(environment);
        this.segments = segments;
        this.settings = settings;
        this.log = log;
        this.clock = clock;
        this.metrics = new PrefetchMetrics(registry);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void run() throws InterruptedException {
        begun = System.nanoTime();
        try (AnswerPipe answers = AnswerPipe.create(recovery.answers());
                BellRinger watch = new BellRinger(List.of(recovery.asked(), recovery.delivered()), bell::release)) {
            new PrefetchFolder(dataDirectory).removeLeftovers();
            atWork = true;
            try {
                while (true) {
                    step(answers);
                    bell.tryAcquire(LONGEST_REST.toNanos(), TimeUnit.NANOSECONDS);
                    bell.drainPermits();
                }
            } finally {
                atWork = false;
                end();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void step(AnswerPipe answers) throws IOException {
        if (!answers.isInPlace()) {
            throw new IOException("the spool " + recovery.folder() + " was removed");
        }
        // before the deliveries: what was left before a question is known when that is answered
        List<Ask> asks = Ask.pending(recovery, answers);
        if (Postmaster.isInRecovery(dataDirectory)) {
            recovered = OptionalLong.of(System.nanoTime());
        }
        over = recovered.isEmpty() || System.nanoTime() - recovered.getAsLong() > LAST_REQUESTS.toNanos();
        if (over) {
            end();
        }
        for (Delivery delivery : Delivery.pending(recovery)) {
            if (!over) {
                hear(delivery);
            }
            delivery.done();
        }
        if (session != null) {
            session.work(asks);
        }
        for (Ask ask : asks) {
            PrefetchSession.Answer answer = session == null ? PrefetchSession.Answer.DIRECT : session.answer(ask);
            if (answer != PrefetchSession.Answer.WAIT) {
                say(answer, ask, answers);
                ask.done();
            }
        }
    }

    private void say(PrefetchSession.Answer answer, Ask ask, AnswerPipe answers) throws IOException {
        switch (answer) {
            case LOOK -> answers.look(ask);
            case TAKE -> answers.take(ask, session.owner());
            case ABSENT -> answers.absent(ask, session.owner());
            default -> {
                metrics.steppedAside();
                answers.direct(ask);
            }
        }
    }

    private void hear(Delivery delivery) throws IOException {
        Optional<RecoverySource> source = RecoverySource.parse(delivery.owner());
        if (source.isEmpty()) {
            return;
        }
        SpoolOwner owner = source.get().owner(dataDirectory, environment);
        if (session == null || !session.isFor(owner)) {
            end();
            begin(source.get(), owner, delivery.owner());
        }
        if (session != null) {
            delivery.file().ifPresent(session::delivered);
        }
    }

    private void begin(RecoverySource source, SpoolOwner owner, String hooks) throws IOException {
        String why;
        if (owner.line().equals(hooks)) {
            try {
                SegmentSource opened = segments.apply(source);
                session = new PrefetchSession(
                        ++sessions,
                        owner,
                        dataDirectory,
                        recovery,
                        opened,
                        settings,
                        log,
                        clock,
                        metrics,
                        bell::release);
                refused = 0;
                log.info(NAME, "following the recovery of " + dataDirectory);
                return;
            } catch (PgpitrException | StorageException e) {
                why = e.getMessage();
            }
        } else {
            why = "the server's environment names other repositories than the agent's";
        }
        if (refused++ == 0) {
            log.warning(NAME, "nothing is prefetched: " + why);
        }
    }

    private void end() throws IOException {
        PrefetchSession ended = session;
        session = null;
        if (ended != null) {
            ended.close();
            log.info(NAME, "no longer following the recovery; it took " + metrics.takenFiles() + " segments");
        }
    }

    @Override
    public boolean isAtWork() {
        return atWork;
    }

    @Override
    public Duration idle() {
        PrefetchSession current = session;
        if (over) {
            return FOR_EVER;
        }
        return current == null ? Duration.ofNanos(System.nanoTime() - begun) : current.idle();
    }

    @Override
    public Map<String, Object> status() {
        PrefetchSession current = session;
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("following", current != null);
        facts.put("taken_files", metrics.takenFiles());
        if (current != null) {
            facts.putAll(current.status());
        }
        return facts;
    }
}
