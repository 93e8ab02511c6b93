package org.pgpitr.repository.window;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.Content;

/**
 * A made-up cluster with real WAL in a real repository: timelines that fork, segments that get lost, segments that were
 * left half full, pieces of a stream. What happened on each timeline is known.
 */
final class MadeHistory {
    private static final long FIRST_SEGMENT = 3;
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    /** What is written; the same again writes the same. */
    private interface Step {
        void write(WalWriter wal, Timeline on);
    }

    /** What happened on a timeline, with all that it inherited. */
    static final class Timeline {
        final int id;
        final int parent;
        final List<Step> steps = new ArrayList<>();
        final List<TransactionEnd> ends = new ArrayList<>();
        final List<RestorePoint> points = new ArrayList<>();
        final List<TimelineHistory.Ancestor> ancestors = new ArrayList<>();
        /** Where each step of its own ends. */
        final List<Lsn> positions = new ArrayList<>();

        WalWriter wal;

        Timeline(int id, int parent) {
            this.id = id;
            this.parent = parent;
        }

        TimelineId timeline() {
            return new TimelineId(id);
        }
    }

    final List<Timeline> timelines = new ArrayList<>();

    private final Generation generation;
    private final WalSegmentSize size;
    private final WalArchive archive;
    private final Random random;
    private long xid = 700;
    private long second;

    MadeHistory(Generation generation, Random random) throws Exception {
        this.generation = generation;
        this.size = generation.identity().segmentSize();
        this.archive = new WalArchive(generation);
        this.random = random;
        timelines.add(timeline(new Timeline(1, 0), List.of(), 0));
        int forks = random.nextInt(3);
        for (int id = 2; id <= 1 + forks; id++) {
            Timeline parent = timelines.get(random.nextInt(timelines.size()));
            int kept = parent.steps.size() - random.nextInt(parent.positions.size());
            timelines.add(timeline(new Timeline(id, parent.id), parent.steps.subList(0, kept), kept));
        }
        for (Timeline each : timelines) {
            archive(each);
        }
    }

    private Timeline timeline(Timeline made, List<Step> inherited, int forkedAfter) throws Exception {
        made.wal = new WalWriter(
                generation.identity().major(),
                size,
                generation.identity().systemIdentifier(),
                WalSegmentName.of(TimelineId.FIRST, FIRST_SEGMENT, size));
        for (Step step : inherited) {
            made.steps.add(step);
            step.write(made.wal, made);
        }
        if (forkedAfter > 0) {
            fork(made);
        }
        made.positions.clear();
        int count = 12 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            Step step = step();
            made.steps.add(step);
            step.write(made.wal, made);
        }
        return made;
    }

    private void fork(Timeline made) throws Exception {
        Lsn left = made.wal.position();
        Timeline parent = timelines.get(made.parent - 1);
        byte[] half = made.wal.segment(size.segmentNumber(left));
        PartialSegmentName name = new PartialSegmentName(WalSegmentName.containing(parent.timeline(), left, size));
        // Two promotions in one segment would offer different files of that name: the first one has it.
        if (half != null && random.nextBoolean() && !archive.contains(name)) {
            archive.push(name, Content.of(half.clone()));
        }
        TimelineId from = parent.timeline();
        Step promotion = (wal, on) -> {
            on.ancestors.add(new TimelineHistory.Ancestor(from, wal.position(), "no recovery target specified"));
            wal.promote(made.timeline());
            wal.endOfRecovery(from, NOON);
            on.positions.add(wal.position());
        };
        made.steps.add(promotion);
        promotion.write(made.wal, made);
    }

    /** Times are not quite in order. */
    private Instant time() {
        second += 10;
        return NOON.plusSeconds(second - random.nextInt(25));
    }

    private Step step() {
        long id = xid++;
        Instant time = time();
        int kind = random.nextInt(12);
        int length = 200 + random.nextInt(60_000);
        return (wal, on) -> {
            switch (kind) {
                case 0 -> wal.switchSegment();
                case 1 -> point(wal, on, new RestorePoint("point " + id, Lsn.ZERO, time));
                case 2 ->
                    end(wal, on, new TransactionEnd(TransactionEnd.Outcome.ABORTED, id, time, Lsn.ZERO, Lsn.ZERO));
                case 3, 4, 5, 6 -> commit(wal, on, id, time);
                case 7 -> {
                    wal.fillToBefore(24);
                    commit(wal, on, id, time);
                }
                default -> {
                    for (int i = 0; i < 6; i++) {
                        wal.filler(length, (byte) kind);
                    }
                }
            }
            on.positions.add(wal.position());
        };
    }

    private static void commit(WalWriter wal, Timeline on, long id, Instant time) {
        end(wal, on, new TransactionEnd(TransactionEnd.Outcome.COMMITTED, id, time, Lsn.ZERO, Lsn.ZERO));
    }

    private static void end(WalWriter wal, Timeline on, TransactionEnd end) {
        Lsn start = end.isCommit() ? wal.commit(end.xid(), end.time()) : wal.abort(end.xid(), end.time());
        on.ends.add(new TransactionEnd(end.outcome(), end.xid(), end.time(), start, wal.position()));
    }

    private static void point(WalWriter wal, Timeline on, RestorePoint point) {
        wal.restorePoint(point.name(), point.time());
        on.points.add(new RestorePoint(point.name(), wal.position(), point.time()));
    }

    private long begin(Timeline timeline) {
        return timeline.ancestors.isEmpty()
                ? FIRST_SEGMENT
                : size.segmentNumber(
                        timeline.ancestors.get(timeline.ancestors.size() - 1).switchPoint());
    }

    private void archive(Timeline timeline) throws Exception {
        if (!timeline.ancestors.isEmpty()) {
            archive.push(
                    new TimelineHistoryName(timeline.timeline()),
                    Content.of(new TimelineHistory(timeline.timeline(), timeline.ancestors)
                            .toString()
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        }
        Lsn end = timeline.wal.position();
        long last = size.segmentNumber(end);
        double kept = random.nextInt(3) == 0 ? 1 : 0.9;
        for (long number = begin(timeline); number < last; number++) {
            if (random.nextDouble() < kept) {
                push(WalSegmentName.of(timeline.timeline(), number, size), timeline.wal.segment(number));
            }
        }
        byte[] open = timeline.wal.segment(last);
        if (open != null && end.minus(size.start(last)) > 300 && random.nextInt(3) > 0) {
            Lsn to = end.plus(-random.nextInt(200));
            int length = (int) to.minus(size.start(last));
            new StreamArchive(generation)
                    .put(new Piece(timeline.timeline(), size.start(last), to), Content.of(open.clone(), 0, length));
        }
    }

    private void push(WalFileName name, byte[] segment) throws Exception {
        Content content = Content.of(segment);
        byte[] summary = random.nextInt(10) == 0
                ? new byte[0]
                : SegmentInspection.summary(name, content)
                        .map(SummaryFormat::write)
                        .orElseThrow();
        archive.push(name, content, summary);
    }

    /** Adds a backup of each timeline, or two. */
    void backups(FactsBuilder facts) {
        for (Timeline timeline : timelines) {
            for (int i = random.nextInt(3); i > 0; i--) {
                int start = random.nextInt(timeline.positions.size() - 1);
                int stop = Math.min(timeline.positions.size() - 1, start + 1 + random.nextInt(3));
                facts.backup(
                        NOON.plusSeconds(100_000L * timeline.id + 60L * stop + i)
                                .toString(),
                        timeline.id,
                        timeline.positions.get(start).toString(),
                        timeline.positions.get(stop).toString());
            }
        }
    }

    Optional<Timeline> of(TimelineId timeline) {
        return timelines.stream().filter(each -> each.id == timeline.value()).findFirst();
    }
}
