package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.index.IndexBuilder;
import org.pgpitr.repository.index.RolledUp;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.memory.MemoryStore;

/** Stops looked up in an archive, against a list of all that was written into its WAL. */
class ArchivedStopsTest {
    private static final long SEED = 20261128;
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final long FIRST = 200;
    private static final long LAST = 560;

    /** A record that was written, and what it says. */
    private record Written(Lsn start, Lsn end, Optional<TransactionEnd> transaction, Optional<RestorePoint> point) {
        Optional<TransactionEnd> commit() {
            return transaction.filter(TransactionEnd::isCommit);
        }
    }

    private static final List<Written> RECORDS = new ArrayList<>();
    private static Generation generation;
    private static long nextXid = 1000;

    @BeforeAll
    static void archive() throws Exception {
        generation = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        WalArchive archive = new WalArchive(generation);
        Random random = new Random(SEED);
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(FIRST));
        for (long number = FIRST; number <= LAST; number++) {
            write(wal, random, number);
            Content content = Content.of(wal.take(number));
            archive.push(
                    name(number),
                    content,
                    // One in a hundred is of an older version, and has no summary.
                    number % 100 == 0
                            ? new byte[0]
                            : SummaryFormat.write(SegmentInspection.summary(name(number), content)
                                    .orElseThrow()));
        }
    }

    /** Times are not quite in order; most segments end with a commit that crosses into the next one. */
    private static void write(WalWriter wal, Random random, long number) {
        if (random.nextInt(4) == 0) {
            wal.checkpoint(nextXid);
        }
        for (int i = 0; i < 4; i++) {
            transaction(wal, random, NOON.plusSeconds(10 * number + i - random.nextInt(25)));
        }
        if (number % 10 == 7) {
            Instant time = NOON.plusSeconds(10 * number);
            String name = "p" + number / 10 % 9;
            Lsn start = wal.restorePoint(name, time);
            RECORDS.add(new Written(
                    start,
                    wal.position(),
                    Optional.empty(),
                    Optional.of(new RestorePoint(name, wal.position(), time))));
        }
        if (random.nextInt(3) == 0) {
            runningTransactions(wal);
        }
        if (random.nextInt(3) == 0) {
            wal.switchSegment();
        } else {
            wal.fillToBefore(24);
            transaction(wal, random, NOON.plusSeconds(10 * number + 9));
        }
    }

    private static void transaction(WalWriter wal, Random random, Instant time) {
        long xid = nextXid++;
        boolean commits = random.nextInt(4) > 0;
        Lsn start = commits ? wal.commit(xid, time) : wal.abort(xid, time);
        RECORDS.add(new Written(
                start,
                wal.position(),
                Optional.of(new TransactionEnd(
                        commits ? TransactionEnd.Outcome.COMMITTED : TransactionEnd.Outcome.ABORTED,
                        xid,
                        time,
                        start,
                        wal.position())),
                Optional.empty()));
    }

    private static void runningTransactions(WalWriter wal) {
        ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(12, (int) nextXid).putInt(16, (int) nextXid);
        wal.record(RmgrId.STANDBY, 0x10, 0, WalWriter.main(data.array()));
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize());
    }

    /** From a record on, to the end of some segment. */
    private static Replay replay(Random random) {
        Written begin = RECORDS.get(random.nextInt(RECORDS.size() / 2));
        long first = CLUSTER.segmentSize().segmentNumber(begin.start());
        long last = random.nextInt(3) == 0 ? LAST : first + random.nextInt((int) (LAST - first) + 1);
        Lsn consistent = begin.end().plus(random.nextInt(100_000));
        return new Replay(
                begin.start(),
                consistent,
                name(last).end(CLUSTER.segmentSize()),
                List.of(new WalRange(TimelineId.FIRST, name(first), name(last), WalRange.Form.WHOLE)));
    }

    private static RecoveryTarget target(Random random) {
        Bound bound = Bound.values()[random.nextInt(2)];
        Written some = RECORDS.get(random.nextInt(RECORDS.size()));
        return switch (random.nextInt(5)) {
            case 0 ->
                new RecoveryTarget.Time(
                        random.nextBoolean() && some.transaction().isPresent()
                                ? some.transaction().get().time()
                                : NOON.plusSeconds(10 * FIRST + random.nextInt(4000)),
                        bound);
            case 1 -> new RecoveryTarget.Xid(990 + random.nextInt(RECORDS.size() + 20), bound);
            case 2 -> new RecoveryTarget.AtLsn(random.nextBoolean() ? some.start() : some.end(), bound);
            case 3 -> new RecoveryTarget.Name("p" + random.nextInt(10));
            default -> new RecoveryTarget.EndOfWal();
        };
    }

    @Test
    void every_stop_is_found_where_it_is_with_roll_ups_and_without() {
        check("without roll-ups");
        assertThat(new IndexBuilder(generation, new WalArchive(generation).scan(), 4)
                        .build(n -> {})
                        .made())
                .isEqualTo(1);
        check("with a roll-up");
    }

    /** As a server leaves it that was killed, and is rewound: what stands behind its last record is of an older use. */
    @Test
    void a_timeline_may_break_off_in_its_last_segment_and_what_stands_before_that_counts() {
        Generation left = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(5));
        Lsn from = wal.commit(11, NOON);
        wal.switchSegment();
        wal.commit(12, NOON.plusSeconds(10));
        Lsn thirteenth = wal.commit(13, NOON.plusSeconds(20));
        byte[] last = wal.segment(6);
        Arrays.fill(last, (int) (wal.position().value() % last.length), last.length, (byte) 0x5A);
        WalArchive archive = new WalArchive(left);
        archive.push(name(5), Content.of(wal.segment(5)));
        archive.push(name(6), Content.of(last));
        Replay replay = new Replay(
                from,
                from,
                name(6).end(CLUSTER.segmentSize()),
                List.of(new WalRange(TimelineId.FIRST, name(5), name(6), WalRange.Form.WHOLE)));
        RecoveryTarget behind = new RecoveryTarget.Time(NOON.plusSeconds(30), Bound.INCLUSIVE);
        try (ArchivedStops search = search(left)) {
            assertThat(describe(search.find(new RecoveryTarget.EndOfWal(), replay)))
                    .isEqualTo("after Optional[13], before Optional.empty, point Optional.empty");
            assertThat(describe(search.find(new RecoveryTarget.Time(NOON.plusSeconds(10), Bound.INCLUSIVE), replay)))
                    .isEqualTo("after Optional[12], before Optional[13], point Optional.empty");
            assertThat(describe(search.find(new RecoveryTarget.AtLsn(thirteenth, Bound.INCLUSIVE), replay)))
                    .isEqualTo("after Optional[13], before Optional.empty, point Optional.empty");
            assertThat(broken(search, new RecoveryTarget.AtLsn(thirteenth, Bound.INCLUSIVE), replay))
                    .hasValue(new BrokenWal(wal.position(), name(6)));
            assertThat(broken(search, new RecoveryTarget.Time(NOON.plusSeconds(10), Bound.INCLUSIVE), replay))
                    .isEmpty();
            assertThat(search.find(behind, replay)).isInstanceOf(StopSearch.Broken.class);
        }
    }

    private static Optional<BrokenWal> broken(ArchivedStops search, RecoveryTarget target, Replay replay) {
        return ((StopSearch.Stops) search.find(target, replay)).stop().broken();
    }

    @Test
    void a_subtransaction_never_stops_a_recovery_and_its_transaction_is_told() {
        Generation nested = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(5));
        Lsn from = wal.commit(11, NOON);
        wal.commit(12, NOON.plusSeconds(10), List.of(13L, 14L), List.of());
        wal.switchSegment();
        wal.commit(15, NOON.plusSeconds(20));
        wal.switchSegment();
        WalArchive archive = new WalArchive(nested);
        archive.push(name(5), Content.of(wal.segment(5)));
        archive.push(name(6), Content.of(wal.segment(6)));
        try (ArchivedStops search = search(nested)) {
            for (long first : new long[] {6, 5}) {
                Replay replay = new Replay(
                        first == 5 ? from : name(6).start(CLUSTER.segmentSize()),
                        from,
                        name(6).end(CLUSTER.segmentSize()),
                        List.of(new WalRange(TimelineId.FIRST, name(first), name(6), WalRange.Form.WHOLE)));
                assertThat(search.find(new RecoveryTarget.Xid(14, Bound.INCLUSIVE), replay))
                        .isInstanceOfSatisfying(
                                StopSearch.NeverStops.class,
                                never -> assertThat(never.topLevel())
                                        .isEqualTo(first == 5 ? OptionalLong.of(12) : OptionalLong.empty()));
            }
        }
    }

    /** A checkpoint tells what was to come when it began; its record follows when all is on the disk. */
    @Test
    void a_transaction_may_end_while_a_checkpoint_is_under_way_before_which_it_had_not_begun() {
        Generation slow = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(5));
        Lsn from = wal.commit(11, NOON);
        wal.checkpoint(12);
        wal.commit(12, NOON.plusSeconds(10));
        wal.switchSegment();
        wal.commit(13, NOON.plusSeconds(20));
        wal.switchSegment();
        wal.commit(14, NOON.plusSeconds(30));
        wal.checkpoint(13);
        wal.switchSegment();
        WalArchive archive = new WalArchive(slow);
        for (long number = 5; number <= 7; number++) {
            archive.push(name(number), Content.of(wal.segment(number)));
        }
        Replay replay = new Replay(
                from,
                from,
                name(7).end(CLUSTER.segmentSize()),
                List.of(new WalRange(TimelineId.FIRST, name(5), name(7), WalRange.Form.WHOLE)));
        try (ArchivedStops search = search(slow)) {
            assertThat(describe(search.find(new RecoveryTarget.Xid(13, Bound.INCLUSIVE), replay)))
                    .isEqualTo("after Optional[13], before Optional[14], point Optional.empty");
            assertThat(describe(search.find(new RecoveryTarget.Xid(13, Bound.EXCLUSIVE), replay)))
                    .isEqualTo("after Optional[12], before Optional[13], point Optional.empty");
        }
    }

    /** As a plan asks for a target that lies behind all backups, or before them: from one older backup after another. */
    @Test
    void older_backups_are_answered_each_as_if_it_were_asked_alone_and_once() {
        Random random = new Random(SEED + 2);
        for (int i = 0; i < 40; i++) {
            RecoveryTarget target = target(random);
            List<Replay> backups = new ArrayList<>();
            for (long first = LAST - 10; first >= FIRST; first -= 1 + random.nextInt(40)) {
                backups.add(toTheEnd(first));
            }
            FaultPlan calls = FaultPlan.none();
            try (ArchivedStops search = counted(calls)) {
                for (Replay replay : backups) {
                    assertThat(describe(search.find(target, replay)))
                            .as("seed %d, %d: %s %s", SEED, i, target, replay)
                            .isEqualTo(describe(expected(target, replay)));
                }
                long asked = calls.calls();
                for (Replay replay : backups) {
                    assertThat(describe(search.find(target, replay))).isEqualTo(describe(expected(target, replay)));
                }
                assertThat(calls.calls())
                        .as("seed %d, %d: asked again", SEED, i)
                        .isEqualTo(asked);
            }
        }
    }

    @Test
    void what_nothing_stops_is_searched_a_few_times_however_many_backups_there_are() {
        for (RecoveryTarget target : List.of(
                new RecoveryTarget.Name("nosuch"),
                new RecoveryTarget.Time(NOON.plusSeconds(1_000_000), Bound.INCLUSIVE),
                new RecoveryTarget.Xid(nextXid + 1000, Bound.INCLUSIVE))) {
            FaultPlan calls = FaultPlan.none();
            try (ArchivedStops search = counted(calls)) {
                int searches = 0;
                for (long first = LAST - 10; first >= FIRST; first--) {
                    long asked = calls.calls();
                    assertThat(search.find(target, toTheEnd(first))).isInstanceOf(StopSearch.NeverStops.class);
                    searches += calls.calls() > asked ? 1 : 0;
                }
                assertThat(searches).as(target.toString()).isBetween(1, 40);
            }
        }
    }

    /** Summaries of segments before the oldest backup that is asked for may be gone, or for another key. */
    @Test
    void what_was_not_asked_for_and_can_not_be_read_costs_nothing() {
        ForwardingStore away = new ForwardingStore(generation.store()) {
            private void requireThere(ObjectKey key) {
                for (long number = FIRST; number < LAST - 40; number++) {
                    if (key.value().contains(name(number).toString())) {
                        throw new StorageException(StorageException.Kind.UNAVAILABLE, key + " is in the cold");
                    }
                }
            }

            @Override
            public Optional<InputStream> open(ObjectKey key) {
                requireThere(key);
                return super.open(key);
            }

            @Override
            public Optional<InputStream> open(ObjectKey key, ByteRange range) {
                requireThere(key);
                return super.open(key, range);
            }
        };
        Generation cold = new Repository(away, new ClusterName("main"), Keys.none(), 1).current();
        RecoveryTarget target = new RecoveryTarget.Time(NOON.plusSeconds(1_000_000), Bound.INCLUSIVE);
        try (ArchivedStops search = search(cold)) {
            for (long first = LAST - 10; first >= LAST - 40; first -= 10) {
                assertThat(search.find(target, toTheEnd(first))).isInstanceOf(StopSearch.NeverStops.class);
            }
            assertThatThrownBy(() -> search.find(target, toTheEnd(LAST - 41))).isInstanceOf(StorageException.class);
        }
    }

    /** Numbers go round every four billion transactions. */
    @Test
    void an_older_transaction_of_a_number_that_had_still_to_be_given_again_is_found() {
        Generation round = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(5));
        Lsn from = wal.checkpoint(1000);
        wal.commit(1000, NOON);
        wal.abort(1001, NOON);
        wal.switchSegment();
        wal.checkpoint((3L << 30) + 1000);
        wal.commit((3L << 30) + 1000, NOON.plusSeconds(10));
        wal.abort((3L << 30) + 1001, NOON.plusSeconds(11));
        wal.switchSegment();
        WalArchive archive = new WalArchive(round);
        for (long number = 5; number <= 6; number++) {
            archive.push(name(number), Content.of(wal.segment(number)));
        }
        RecoveryTarget target = new RecoveryTarget.Xid(1001, Bound.INCLUSIVE);
        try (ArchivedStops search = search(round)) {
            for (long first = 6; first >= 5; first--) {
                Lsn begin = first == 6 ? name(6).start(CLUSTER.segmentSize()) : from;
                Replay replay = new Replay(
                        begin,
                        begin,
                        name(6).end(CLUSTER.segmentSize()),
                        List.of(new WalRange(TimelineId.FIRST, name(first), name(6), WalRange.Form.WHOLE)));
                assertThat(search.find(target, replay))
                        .isInstanceOf(first == 6 ? StopSearch.NeverStops.class : StopSearch.Stops.class);
            }
        }
    }

    /** One segment whose WAL is broken, and one whose object is damaged: who is asked in a row comes upon them as one asked alone. */
    @Test
    void wrecked_wal_before_the_newest_backup_is_no_less_seen_when_many_are_asked() {
        Generation wrecked = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        WalArchive archive = new WalArchive(wrecked);
        WalArchive sound = new WalArchive(generation);
        for (long number = LAST - 60; number <= LAST; number++) {
            byte[] bytes = sound.read(name(number));
            if (number == LAST - 20) {
                bytes[100] ^= 1;
            }
            archive.push(name(number), Content.of(bytes));
        }
        ObjectKey damaged = wrecked.layout().wal(name(LAST - 40));
        wrecked.store().delete(List.of(damaged));
        wrecked.store().putIfAbsent(damaged, Content.of(new byte[] {1, 2, 3}));
        ArchivedWal wal = archive.scan();
        RolledUp rolledUp = ArchiveListing.begin(wrecked).rolledUp();
        Random random = new Random(SEED + 3);
        for (int i = 0; i < 20; i++) {
            RecoveryTarget target = target(random);
            try (ArchivedStops inARow = new ArchivedStops(wrecked, wal, rolledUp, n -> {})) {
                for (long first = LAST - 5; first >= LAST - 60; first -= 5) {
                    try (ArchivedStops alone = new ArchivedStops(wrecked, wal, rolledUp, n -> {})) {
                        assertThat(answer(inARow, target, first))
                                .as("seed %d, %d: %s from %d", SEED, i, target, first)
                                .isEqualTo(answer(alone, target, first));
                    }
                }
            }
        }
    }

    /** Why there is no stop may be told of the WAL of a newer backup, as it was found there. */
    private static String answer(ArchivedStops search, RecoveryTarget target, long first) {
        try {
            StopSearch.Result found = search.find(target, toTheEnd(first));
            return found instanceof StopSearch.Stops ? describe(found) : "nowhere";
        } catch (UnusableWalException e) {
            return e.segment().toString();
        }
    }

    private static ArchivedStops counted(FaultPlan calls) {
        Generation counted = new Repository(
                        new FaultyStore(generation.store(), calls), new ClusterName("main"), Keys.none(), 1)
                .generation(1);
        return search(counted);
    }

    private static ArchivedStops search(Generation archived) {
        return new ArchivedStops(
                archived,
                new WalArchive(archived).scan(),
                ArchiveListing.begin(archived).rolledUp(),
                n -> {});
    }

    private static Lsn firstIn(long segment) {
        return RECORDS.stream()
                .map(Written::start)
                .filter(lsn -> !lsn.isBefore(name(segment).start(CLUSTER.segmentSize())))
                .findFirst()
                .orElseThrow();
    }

    private static Replay toTheEnd(long first) {
        Lsn from = firstIn(first);
        return new Replay(
                from,
                from,
                name(LAST).end(CLUSTER.segmentSize()),
                List.of(new WalRange(TimelineId.FIRST, name(first), name(LAST), WalRange.Form.WHOLE)));
    }

    private static void check(String as) {
        Random random = new Random(SEED + 1);
        int stops = 0;
        try (ArchivedStops search = search(generation)) {
            for (int i = 0; i < 120; i++) {
                Replay replay = replay(random);
                RecoveryTarget target = target(random);
                StopSearch.Result found = search.find(target, replay);
                String what = as + ", seed " + SEED + ", " + i + ": " + target + " " + replay;
                assertThat(describe(found)).as(what).isEqualTo(describe(expected(target, replay)));
                stops += found instanceof StopSearch.Stops ? 1 : 0;

                Replay longer = earlier(replay, random);
                assertThat(describe(search.find(target, longer)))
                        .as("from an older backup, %s, from %s", what, longer.from())
                        .isEqualTo(describe(expected(target, longer)));
            }
        }
        assertThat(stops).isBetween(50, 110);
    }

    /** As from an older backup: more WAL before the same. */
    private static Replay earlier(Replay replay, Random random) {
        WalRange range = replay.wal().get(0);
        long first = FIRST + random.nextInt((int) (range.first().number(CLUSTER.segmentSize()) - FIRST) + 1);
        Lsn from = firstIn(first);
        return new Replay(
                from.isBefore(replay.from()) ? from : replay.from(),
                replay.consistent(),
                replay.to(),
                List.of(new WalRange(TimelineId.FIRST, name(first), range.last(), range.form())));
    }

    /** Positions between commits are not compared: which other records lie there was not noted. */
    private static String describe(StopSearch.Result result) {
        if (result instanceof StopSearch.Stops stops) {
            RecoveryStop stop = stops.stop();
            return "after " + stop.lastIncluded().map(TransactionEnd::xid) + ", before "
                    + stop.firstLeftOut().map(TransactionEnd::xid) + ", point "
                    + stop.restorePoint().map(RestorePoint::lsn)
                    + stop.again().map(again -> ", again " + again.lsn()).orElse("");
        }
        return result instanceof StopSearch.NeverStops ? "never" : result.toString();
    }

    private static StopSearch.Result expected(RecoveryTarget target, Replay replay) {
        List<Written> all = RECORDS.stream()
                .filter(r -> !r.start().isBefore(replay.wal().get(0).first().start(CLUSTER.segmentSize())))
                .filter(r -> !r.end().isAfter(replay.to()))
                .toList();
        if (target instanceof RecoveryTarget.EndOfWal) {
            return stop(all, all.size(), Optional.empty());
        }
        if (target instanceof RecoveryTarget.AtLsn at) {
            return atPosition(all, at, replay);
        }
        Predicate<Written> stops;
        Bound bound = Bound.EXCLUSIVE;
        if (target instanceof RecoveryTarget.Time time) {
            stops = r -> r.transaction()
                    .filter(t -> time.bound() == Bound.INCLUSIVE
                            ? t.time().isAfter(time.time())
                            : !t.time().isBefore(time.time()))
                    .isPresent();
        } else if (target instanceof RecoveryTarget.Xid xid) {
            bound = xid.bound();
            stops = r -> r.transaction().filter(t -> t.xid() == xid.xid()).isPresent();
        } else {
            bound = Bound.INCLUSIVE;
            String name = ((RecoveryTarget.Name) target).restorePoint();
            stops = r -> r.point().filter(p -> p.name().equals(name)).isPresent();
        }
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).start().isBefore(replay.from()) && stops.test(all.get(i))) {
                return stop(
                        all, bound == Bound.INCLUSIVE ? i + 1 : i, all.get(i).point());
            }
        }
        return new StopSearch.NeverStops(Optional.empty());
    }

    /** The target is the start or the end of a noted record; of the others it matters only that there is one. */
    private static StopSearch.Result atPosition(List<Written> all, RecoveryTarget.AtLsn at, Replay replay) {
        int i = 0;
        while (i < all.size()
                && (all.get(i).start().isBefore(at.lsn()) || all.get(i).start().isBefore(replay.from()))) {
            i++;
        }
        if (i == all.size()) {
            return new StopSearch.NeverStops(Optional.empty());
        }
        Lsn first = at.lsn().isBefore(replay.from()) ? replay.from() : at.lsn();
        boolean itself = all.get(i).start().equals(first);
        return stop(all, itself && at.bound() == Bound.INCLUSIVE ? i + 1 : i, Optional.empty());
    }

    private static StopSearch.Result stop(List<Written> all, int included, Optional<RestorePoint> point) {
        Optional<TransactionEnd> last = all.subList(0, included).stream()
                .flatMap(r -> r.commit().stream())
                .reduce((a, b) -> b);
        Optional<TransactionEnd> next = all.subList(included, all.size()).stream()
                .flatMap(r -> r.commit().stream())
                .findFirst();
        Optional<RestorePoint> again = all.subList(included, all.size()).stream()
                .flatMap(r -> r.point().stream())
                .filter(later ->
                        point.filter(p -> p.name().equals(later.name())).isPresent())
                .findFirst();
        return new StopSearch.Stops(new RecoveryStop(Lsn.ZERO, Lsn.ZERO, last, next, Optional.empty(), point, again));
    }
}
