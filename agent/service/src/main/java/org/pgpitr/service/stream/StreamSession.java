package org.pgpitr.service.stream;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.SlotFacts;
import org.pgpitr.cluster.replication.ReplicationConnection;
import org.pgpitr.cluster.replication.ServerIdentity;
import org.pgpitr.cluster.replication.WalMessage;
import org.pgpitr.cluster.replication.WalStream;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.service.archive.LocalCluster;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.storage.StorageException;

/** One connection's worth of receiving: from finding out where to go on, to whatever breaks it off. */
final class StreamSession {
    private static final Duration REPORT = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMillis(20);
    private static final Duration ALERT = Duration.ofMillis(1);
    /** A poll that finds nothing takes about a millisecond; one that takes no time has met the connection's end. */
    private static final long NO_TIME = 300_000;
    /** How long the last bytes may take to be stored when the receiver is stopped, or the server is gone. */
    private static final Duration LAST_PIECE = Duration.ofSeconds(10);

    private final ConnectionSettings settings;
    private final List<Repository> repositories;
    private final StreamOptions options;
    private final PushLimits limits;
    private final StreamProgress progress;
    private final Clock clock;

    /** What the server has been told is durable; it must never hear of less, nor of anything before the slot's begin. */
    private Lsn reported = Lsn.ZERO;

    private Lsn slotBegin = Lsn.ZERO;
    private long nextReport = System.nanoTime();

    StreamSession(
            ConnectionSettings settings,
            List<Repository> repositories,
            StreamOptions options,
            PushLimits limits,
            StreamProgress progress,
            Clock clock) {
        this.settings = settings;
        this.repositories = repositories;
        this.options = options;
        this.limits = limits;
        this.progress = progress;
        this.clock = clock;
    }

    /** Receives until something fails or the thread is interrupted; then what has arrived is stored before it ends. */
    void run() throws InterruptedException {
        SlotFacts slot = slot();
        try (ReplicationConnection connection =
                ReplicationConnection.connect(settings, options.applicationName(), clock)) {
            ServerIdentity server = connection.identify();
            List<Generation> generations = repositories.stream()
                    .map(each -> LocalCluster.generation(each, Optional.of(server.systemIdentifier())))
                    .toList();
            generations.forEach(each -> each.codec().requireWritable());
            receive(connection, server, slot, generations);
        }
    }

    private SlotFacts slot() {
        try (Server server = Server.connect(settings)) {
            SlotFacts slot =
                    server.slot(options.slot()).or(() -> created(server)).orElseThrow(this::noSlot);
            if (!slot.isPhysical() || slot.restart().isEmpty() && !slot.isLost()) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "replication slot \"" + options.slot() + "\" is not one that pgpitr has made: it is "
                                + slot.kind() + (slot.isPhysical() ? " and keeps no WAL" : ""),
                        "choose another `slot` in [stream], and make it with `pgpitr stream --create-slot`");
            }
            return slot;
        }
    }

    /** Once only: a slot that goes away while the receiver is at work, somebody has dropped. */
    private Optional<SlotFacts> created(Server server) {
        if (options.noSlot() == StreamOptions.OnNoSlot.FAIL || progress.hasStreamed()) {
            return Optional.empty();
        }
        progress.slotCreated(options.slot(), server.createSlot(options.slot()));
        return server.slot(options.slot());
    }

    private PgpitrException noSlot() {
        return new PgpitrException(
                ExitCode.USAGE,
                "PostgreSQL has no replication slot \"" + options.slot() + "\"",
                "make it with `pgpitr stream --create-slot`");
    }

    private void receive(
            ReplicationConnection connection, ServerIdentity server, SlotFacts slot, List<Generation> generations)
            throws InterruptedException {
        StreamHistory histories = new StreamHistory(connection);
        WalSegmentSize size = generations.get(0).identity().segmentSize();
        slotBegin = slot.restart().orElse(server.flushed());
        StreamStart start = new StreamStart(histories.of(server.timeline()), size, slotBegin);
        StreamPosition position = start.in(generations, options.missing());
        if (slot.isLost()) {
            throw StreamStart.lost(
                    options.slot(), WalSegmentName.containing(position.timeline(), position.lsn(), size));
        }
        if (position.lsn().isAfter(server.flushed())) {
            throw new PgpitrException(
                    ExitCode.POSTGRES_UNAVAILABLE,
                    "the repository holds WAL up to " + position + ", and PostgreSQL stands at " + server.flushed(),
                    "a standby may have to catch up; a server that was put back to an older state can't stream here");
        }
        generations.forEach(each -> cleanUp(each, start));
        while (true) {
            StreamPosition from = position;
            histories.store(from.timeline(), generations);
            Optional<StreamStart.Switch> end = start.switchOf(from.timeline());
            Lsn horizon = end.map(StreamStart.Switch::end).orElse(server.flushed());
            List<StreamTarget> targets = generations.stream()
                    .map(each -> new StreamTarget(each, options, horizon))
                    .toList();
            try (Intake intake = new Intake(from, size, options);
                    Storing storing = new Storing(
                            intake,
                            targets,
                            new ArchivePush(repositories, Path.of(""), limits),
                            new GenerationWatch(repositories, generations, GenerationWatch.INTERVAL))) {
                receive(connection, from, intake, end.map(StreamStart.Switch::end));
            }
            position = end.orElseThrow().next();
            progress.switched(position);
        }
    }

    /** Pieces that are left behind do no harm, and the store may not let them be deleted. */
    private static void cleanUp(Generation generation, StreamStart start) {
        try {
            new StreamArchive(generation).delete(start.leftovers(generation));
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.ACCESS_DENIED && e.kind() != StorageException.Kind.UNSUPPORTED) {
                throw e;
            }
        }
    }

    /** Returns when the end of the timeline is stored. */
    private void receive(ReplicationConnection connection, StreamPosition from, Intake intake, Optional<Lsn> end)
            throws InterruptedException {
        try (WalStream stream = connection.start(options.slot(), from.timeline(), from.lsn())) {
            progress.streaming(from);
            try {
                pump(stream, from, intake, end);
            } catch (InterruptedException e) {
                storeRest(intake);
                try {
                    report(stream, from, intake.durable());
                } catch (RuntimeException gone) {
                    e.addSuppressed(gone); // the server, perhaps; it is to stop all the same
                }
                throw e;
            } catch (RuntimeException e) {
                // the server may be lost for good, and what it has sent is all that there is
                storeRest(intake);
                throw e;
            }
        }
    }

    private static void storeRest(Intake intake) throws InterruptedException {
        intake.end();
        intake.awaitOver(LAST_PIECE);
    }

    private void pump(WalStream stream, StreamPosition from, Intake intake, Optional<Lsn> end)
            throws InterruptedException {
        while (end.isEmpty() || intake.received().isBefore(end.get())) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Lsn durable = reportIfNew(stream, from, intake.durable());
            if (!intake.hasRoom()) {
                intake.pause(durable, REPORT);
                continue;
            }
            long begin = System.nanoTime();
            Optional<WalMessage> message = stream.poll();
            if (message.isPresent()) {
                take(message.get(), from, intake);
            } else if (options.pace() == StreamOptions.Pace.PERIODIC) {
                intake.pause(durable, IDLE);
            } else if (System.nanoTime() - begin < NO_TIME) {
                intake.pause(durable, ALERT);
            }
        }
        intake.end();
        while (!intake.awaitStored(REPORT)) {
            reportIfNew(stream, from, intake.durable());
        }
        reportIfNew(stream, from, intake.durable());
    }

    private void take(WalMessage message, StreamPosition from, Intake intake) {
        if (message instanceof WalMessage.Data data) {
            intake.append(data.start(), data.bytes());
            progress.received(new StreamPosition(from.timeline(), intake.received()), data.serverEnd());
        } else if (message instanceof WalMessage.KeepAlive alive && alive.reply() == WalMessage.Reply.WANTED) {
            nextReport = System.nanoTime();
        }
    }

    private Lsn reportIfNew(WalStream stream, StreamPosition from, Lsn durable) {
        if (durable.isAfter(reported) && !durable.isBefore(slotBegin) || nextReport - System.nanoTime() <= 0) {
            report(stream, from, durable);
        }
        return durable;
    }

    private void report(WalStream stream, StreamPosition from, Lsn durable) {
        if (durable.isAfter(reported) && !durable.isBefore(slotBegin)) {
            reported = durable;
        }
        stream.report(reported);
        nextReport = System.nanoTime() + REPORT.toNanos();
        if (durable.isAfter(Lsn.ZERO)) {
            progress.durable(new StreamPosition(from.timeline(), durable));
        }
    }
}
