package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.find.SearchFilter.Kind;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.index.IndexBuilder;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

/**
 * A search with the index finds what one finds that reads all: on generated WAL of interleaved transactions that begin
 * segments before they end, with names, drops, databases, restore points and a hole.
 */
class NarrowingTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final long FIRST = 256;
    private static final long LAST = FIRST + 270;
    private static final long HOLE = LAST - 6;
    private static final long SEED = 20261128;
    private static final RelationLocator CLASS = new RelationLocator(1663, 5, 1259);

    private static final class Running {
        final long xid;
        final List<Long> subs = new ArrayList<>();
        final List<RelationLocator> dropped = new ArrayList<>();
        int steps;

        Running(long xid, int steps) {
            this.xid = xid;
            this.steps = steps;
        }
    }

    private static final Random RANDOM = new Random(SEED);
    private static final List<Running> RUNNING = new ArrayList<>();
    private static final List<Long> XIDS = new ArrayList<>();
    private static Generation generation;
    private static WalWriter wal;
    /** Goes round within the WAL. */
    private static long nextXid = 0xFFFF_FF00L;

    private static long nextFile = 20_000;
    private static Instant time = NOON;

    @BeforeAll
    static void archive() throws Exception {
        generation = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(FIRST));
        for (long number = FIRST; number <= LAST; number++) {
            write(number);
            Content content = Content.of(wal.take(number));
            if (number != HOLE) {
                byte[] summary = SummaryFormat.write(
                        SegmentInspection.summary(name(number), content).orElseThrow());
                new WalArchive(generation).push(name(number), content, summary);
            }
        }
        new IndexBuilder(generation, new WalArchive(generation).scan(), 4).build(n -> {});
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize());
    }

    private static void write(long number) {
        if (number % 3 == 0) {
            runningTransactions();
        }
        boolean quiet = number % 10 < 5;
        for (int i = 0; i < 30; i++) {
            step(quiet);
        }
        time = time.plusSeconds(20);
        if (RANDOM.nextInt(3) == 0) {
            wal.switchSegment();
        } else {
            wal.fillToBefore(24);
            end(begin(), quiet);
        }
    }

    private static long xid() {
        long xid = nextXid;
        nextXid = nextXid == 0xFFFF_FFFFL ? 3 : nextXid + 1;
        return xid;
    }

    private static Running begin() {
        Running begun = new Running(xid(), RANDOM.nextInt(20) == 0 ? 100 : RANDOM.nextInt(8));
        XIDS.add(begun.xid);
        RUNNING.add(begun);
        return begun;
    }

    private static void step(boolean quiet) {
        Running of = RUNNING.size() < 4 ? begin() : RUNNING.get(RANDOM.nextInt(RUNNING.size()));
        if (of.steps-- <= 0) {
            end(of, quiet);
            return;
        }
        long xid = of.xid;
        if (RANDOM.nextInt(6) == 0) {
            of.subs.add(xid());
        }
        if (!of.subs.isEmpty() && RANDOM.nextBoolean()) {
            xid = of.subs.get(RANDOM.nextInt(of.subs.size()));
        }
        int rows = RANDOM.nextInt(12);
        RelationLocator table = new RelationLocator(1663, 5, 20_000 + RANDOM.nextInt(30));
        RowChange change = RowChange.values()[RANDOM.nextInt(3)];
        for (int i = 0; i < rows; i++) {
            wal.row(change, xid, table);
        }
        int rare = RANDOM.nextInt(quiet ? 100_000 : 300);
        if (rare < 6) {
            create(xid);
        } else if (rare < 12) {
            of.dropped.add(table);
            wal.row(RowChange.DELETE, xid, CLASS);
        } else if (rare < 14) {
            wal.row(RowChange.DELETE, xid, new RelationLocator(1664, 0, 1262));
            wal.database(0x20, xid, 16_400 + rare);
        } else if (rare < 16) {
            wal.restorePoint("point " + xid, time);
        }
    }

    private static void end(Running of, boolean quiet) {
        RUNNING.remove(of);
        Instant at = time.minusMillis(RANDOM.nextInt(3000));
        if (RANDOM.nextInt(6) == 0) {
            wal.abort(of.xid, at);
        } else {
            wal.commit(of.xid, at, of.subs, of.dropped);
        }
        if (!quiet && RANDOM.nextInt(40) == 0) {
            wal.row(RowChange.INSERT, begin().xid, CLASS);
        }
    }

    private static void runningTransactions() {
        long oldest = RUNNING.stream().mapToLong(each -> each.xid).reduce(nextXid, (a, b) -> (int) (a - b) < 0 ? a : b);
        ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(12, (int) nextXid).putInt(16, (int) oldest);
        wal.record(RmgrId.STANDBY, 0x10, 0, WalWriter.main(data.array()));
    }

    /** A relation with its row in {@code pg_class}, as PostgreSQL 17 has it. */
    private static void create(long xid) {
        long file = nextFile++ % 30 + 20_000;
        wal.create(xid, new RelationLocator(1663, 5, file));
        ByteBuffer row = ByteBuffer.allocate(6 + 150).order(ByteOrder.LITTLE_ENDIAN);
        row.put(4, (byte) 24);
        row.putInt(6, (int) file);
        byte[] name = ("table_" + xid % 12).getBytes(StandardCharsets.US_ASCII);
        row.put(10, name);
        row.putInt(6 + 68, 2200).putInt(6 + 88, (int) file).put(6 + 115, (byte) 'r');
        ByteBuffer out = ByteBuffer.allocate(20 + 2 + row.capacity() + 8).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0).put((byte) 0x20).putShort((short) row.capacity());
        out.putInt(1663).putInt(5).putInt(1259).putInt(1);
        out.put((byte) 255).put((byte) 8).put(row.array()).put(new byte[8]);
        wal.record(RmgrId.HEAP, 0, xid, out.array());
    }

    private static SearchResult find(SearchRequest request, IncidentSearch.Means means) {
        RecoveryFacts facts = new RecoveryFacts(
                CLUSTER.segmentSize(), List.of(), List.of(), Map.of(), new WalArchive(generation).scan(), NOON);
        return new IncidentSearch(
                        generation, facts, ArchiveListing.begin(generation).rolledUp(), SearchListener.NONE, means)
                .run(request);
    }

    private static SearchResult withoutCount(SearchResult result) {
        return new SearchResult(
                result.timeline(),
                result.otherTimelines(),
                0,
                result.commits(),
                result.first(),
                result.last(),
                result.from(),
                result.to(),
                result.events(),
                result.matches(),
                result.notes());
    }

    private static SearchFilter filter(Random random) {
        Optional<TableName> table = random.nextInt(3) == 0
                ? Optional.of(new TableName(Optional.empty(), Optional.empty(), "table_5"))
                : Optional.empty();
        OptionalLong xid = OptionalLong.empty();
        OptionalLong deleted = OptionalLong.empty();
        OptionalLong updated = OptionalLong.empty();
        Set<Kind> kinds = Set.of();
        switch (random.nextInt(7)) {
            case 0 -> kinds = Set.of(Kind.LOSSES);
            case 1 -> kinds = Set.of(Kind.RESTORE_POINTS);
            case 2 -> kinds = Set.of(Kind.LOSSES, Kind.RESTORE_POINTS);
            case 3 -> deleted = OptionalLong.of(60 + random.nextInt(60));
            case 4 -> {
                updated = OptionalLong.of(60 + random.nextInt(60));
                kinds = Set.of(Kind.RESTORE_POINTS);
            }
            case 5 -> xid = OptionalLong.of(XIDS.get(random.nextInt(XIDS.size())));
            default -> {
                // All that concerns a table, if there is one
            }
        }
        return new SearchFilter(table, xid, kinds, deleted, updated);
    }

    private static SearchRange range(Random random) {
        long from = random.nextInt((int) (LAST - FIRST));
        long length = 10L + random.nextInt(120);
        Lsn begin = name(FIRST + from).start(CLUSTER.segmentSize()).plus(random.nextInt(1 << 20));
        return switch (random.nextInt(4)) {
            case 0 -> WholeSearch.ALL;
            case 1 ->
                new SearchRange(
                        Optional.empty(), Optional.empty(), Optional.of(begin), Optional.of(begin.plus(length << 20)));
            case 2 -> new SearchRange(Optional.empty(), Optional.empty(), Optional.of(begin), Optional.empty());
            default -> SearchRange.time(NOON.plusSeconds(20 * from), NOON.plusSeconds(20 * (from + length)));
        };
    }

    @Test
    void the_index_spares_reading_and_leaves_nothing_out() {
        Random random = new Random(SEED);
        long narrow = 0;
        long all = 0;
        long events = 0;
        for (int round = 0; round < 24; round++) {
            SearchFilter filter = filter(random);
            SearchRequest request = new SearchRequest(range(random), filter, 10_000, Optional.empty());

            SearchResult read = find(request, IncidentSearch.Means.WAL);
            SearchResult found = find(request, IncidentSearch.Means.INDEX);

            assertThat(withoutCount(found))
                    .as("seed %s, round %s: %s", SEED, round, request)
                    .isEqualTo(withoutCount(read));
            assertThat(found.segments()).isLessThanOrEqualTo(read.segments());
            events += read.matches();
            if (filter.isNarrow()) {
                narrow += found.segments();
                all += read.segments();
            }
        }
        assertThat(events).isGreaterThan(100);
        assertThat(narrow).isLessThan(all * 9 / 10);
    }
}
