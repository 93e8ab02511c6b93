package org.pgpitr.repository.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalReader;
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
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

class GrowingRollUpsTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final TimelineId ONE = TimelineId.FIRST;

    private final MemoryStore store = new MemoryStore();
    private final List<IndexBuilder.Broken> broken = new ArrayList<>();

    private Generation generation(ClusterIdentity cluster, Keys keys) {
        return new Repository(store, new ClusterName("main"), keys, 1).create(cluster);
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(ONE, number, CLUSTER.segmentSize());
    }

    /** WAL of one commit a segment, from a segment on. */
    private static List<byte[]> wal(long from, int count) {
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(from));
        List<byte[]> segments = new ArrayList<>();
        for (long number = from; number < from + count; number++) {
            wal.commit(700 + number, NOON.plusSeconds(number));
            wal.switchSegment();
            segments.add(wal.take(number));
        }
        return segments;
    }

    /** What they tell, without reading a megabyte for each: as the first two, moved. */
    private static List<SegmentSummary> summaries(long from, int count) throws Exception {
        List<SegmentSummary> summaries = new ArrayList<>();
        List<byte[]> two = wal(from, 2);
        summaries.add(
                SegmentInspection.summary(name(from), Content.of(two.get(0))).orElseThrow());
        SegmentSummary second = SegmentInspection.summary(name(from + 1), Content.of(two.get(1)))
                .orElseThrow();
        summaries.add(second);
        for (long number = from + 2; number < from + count; number++) {
            long moved = (number - from - 1) * CLUSTER.segmentSize().bytes();
            summaries.add(new SegmentSummary(
                    name(number),
                    1,
                    second.size(),
                    second.major(),
                    second.front(),
                    second.firstPrevious().map(lsn -> lsn.plus(moved)),
                    second.last().map(lsn -> lsn.plus(moved)),
                    second.back(),
                    second.end(),
                    second.walEnd().plus(moved),
                    second.facts()));
        }
        return summaries;
    }

    /** With their summaries; of the segments no more is read here. */
    private static void archive(Generation generation, List<SegmentSummary> summaries) {
        for (SegmentSummary summary : summaries) {
            new WalArchive(generation)
                    .push(summary.segment(), Content.of(new byte[1000]), SummaryFormat.write(summary));
        }
    }

    private static List<WalSegmentName> addAll(GrowingRollUps growing, List<SegmentSummary> summaries) {
        List<WalSegmentName> made = new ArrayList<>();
        summaries.forEach(summary -> made.addAll(growing.add(summary)));
        return made;
    }

    @Test
    void a_host_that_can_only_write_rolls_up_what_it_archives_nearly_in_order() throws Exception {
        AgeIdentity own = AgeIdentity.generate();
        ClusterIdentity encrypted = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.AGE);
        Generation writer = generation(encrypted, Keys.of(List.of(own.recipient()), List.of()));
        List<SegmentSummary> summaries = summaries(250, 520);
        long seed = 5;
        for (int at = 0; at + 8 <= summaries.size(); at += 8) {
            Collections.shuffle(summaries.subList(at, at + 8), new Random(seed + at));
        }

        assertThat(addAll(new GrowingRollUps(() -> writer, broken::add), summaries))
                .as("seed %s", seed)
                .containsExactly(name(256), name(512));

        Generation reader = generation(encrypted, Keys.of(List.of(own.recipient()), List.of(own)));
        assertThat(new RollUps(reader).read(Level.GROUP, ONE, 512).orElseThrow())
                .isEqualTo(RollUp.of(Level.GROUP, summaries(250, 520).subList(262, 518)));
        assertThat(new RollUps(reader).read(Level.GROUP, ONE, 0)).isEmpty();
    }

    @Test
    void a_group_that_began_before_is_read_from_the_archive_where_that_is_possible() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        List<SegmentSummary> summaries = summaries(256, 4 * 256);
        archive(generation, summaries.subList(0, 256));
        GrowingRollUps growing = new GrowingRollUps(() -> generation, broken::add);

        assertThat(addAll(growing, summaries.subList(40, 256))).isEmpty();
        // Not whole either, and so it stays while it may yet become so; only the fourth group ends the waiting.
        List<SegmentSummary> later = new ArrayList<>(summaries.subList(256, 1024));
        List<SegmentSummary> gaps =
                later.stream().filter(s -> s.number() % 256 != 7).toList();
        assertThat(addAll(growing, gaps)).containsExactly(name(256));

        assertThat(new RollUps(generation).read(Level.GROUP, ONE, 256).orElseThrow())
                .isEqualTo(RollUp.of(Level.GROUP, summaries.subList(0, 256)));
    }

    @Test
    void a_group_in_two_generations_is_not_rolled_up() throws Exception {
        Generation first = generation(CLUSTER, Keys.none());
        Generation second = new Repository(store, new ClusterName("main"), Keys.none(), 1)
                .create(WalFiles.cluster(2, WalFiles.CLUSTER, Encryption.NONE));
        List<Generation> current = new ArrayList<>(List.of(first));
        GrowingRollUps growing = new GrowingRollUps(() -> current.get(0), broken::add);
        List<SegmentSummary> summaries = summaries(0, 512);
        assertThat(addAll(growing, summaries.subList(0, 100))).isEmpty();
        current.set(0, second);
        assertThat(addAll(growing, summaries.subList(100, 512))).containsExactly(name(256));
    }

    @Test
    void what_does_not_hang_together_is_not_rolled_up() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        List<SegmentSummary> summaries = summaries(0, 256);
        SegmentSummary one = summaries.get(9);
        summaries.set(
                9,
                new SegmentSummary(
                        one.segment(),
                        1,
                        one.size(),
                        one.major(),
                        one.front(),
                        one.firstPrevious(),
                        one.last(),
                        one.back(),
                        WalReader.End.OPEN,
                        one.walEnd(),
                        one.facts()));
        assertThat(addAll(new GrowingRollUps(() -> generation, broken::add), summaries))
                .isEmpty();
        assertThat(new RollUps(generation).present(Level.GROUP, ONE, 0, 1000)).isEmpty();
        assertThat(broken).extracting(IndexBuilder.Broken::segment).containsExactly(name(10));
    }

    private void damage(Generation generation, long number) {
        ObjectKey key = generation.layout().wal(name(number));
        store.delete(List.of(key));
        store.putIfAbsent(key, Content.of(new byte[100]));
    }

    @Test
    void a_damaged_segment_costs_its_own_group_and_no_other() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        WalArchive archive = new WalArchive(generation);
        List<SegmentSummary> summaries = summaries(0, 4 * 256);
        archive(generation, summaries);
        damage(generation, 300);
        damage(generation, 800);

        IndexUpkeep.Result upkeep = IndexUpkeep.run(generation, archive.scan());
        assertThat(upkeep.made()).isEqualTo(2);
        assertThat(upkeep.broken()).extracting(IndexBuilder.Broken::segment).containsExactly(name(800), name(300));
        assertThat(upkeep.broken().get(0).why()).contains("is damaged");
        assertThat(new RollUps(generation).present(Level.GROUP, ONE, 0, 2000)).containsExactlyInAnyOrder(0L, 512L);

        IndexBuilder.Result built = new IndexBuilder(generation, archive.scan(), 4).build(n -> {});
        assertThat(built.kept()).isEqualTo(2);
        assertThat(built.broken()).extracting(IndexBuilder.Broken::segment).containsExactly(name(300), name(800));

        store.delete(List.of(generation.layout().wal(name(800))));
        archive(generation, summaries.subList(800, 801));
        assertThat(IndexUpkeep.run(generation, archive.scan()).made()).isEqualTo(1);
    }

    @Test
    void an_agent_that_meets_a_damaged_segment_tells_it_once_and_goes_on() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        List<SegmentSummary> summaries = summaries(0, 5 * 256);
        archive(generation, summaries);
        damage(generation, 3);
        List<SegmentSummary> seen = summaries.stream()
                .filter(summary -> summary.number() >= 10)
                .filter(summary -> summary.number() < 256 || summary.number() % 256 != 7)
                .toList();
        assertThat(addAll(new GrowingRollUps(() -> generation, broken::add), seen))
                .containsExactly(name(256));
        assertThat(broken).extracting(IndexBuilder.Broken::segment).containsExactly(name(3));
    }

    @Test
    void a_job_makes_what_is_missing_and_knows_when_it_can_not() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        WalArchive archive = new WalArchive(generation);
        archive(generation, summaries(250, 520));
        assertThat(IndexUpkeep.run(generation, archive.scan())).isEqualTo(new IndexUpkeep.Result(2, List.of()));
        assertThat(IndexUpkeep.run(generation, archive.scan()).made()).isZero();
        assertThat(new IndexBuilder(generation, archive.scan(), 4).build(n -> {}))
                .isEqualTo(new IndexBuilder.Result(520, 0, 2, List.of()));

        AgeIdentity own = AgeIdentity.generate();
        Generation blind = new Repository(
                        new MemoryStore(), new ClusterName("main"), Keys.of(List.of(own.recipient()), List.of()), 1)
                .create(WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.AGE));
        assertThat(IndexUpkeep.run(blind, archive.scan()).made()).isZero();
    }

    @Test
    void a_block_is_rolled_up_from_its_groups() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        GrowingRollUps growing = new GrowingRollUps(() -> generation, broken::add);
        long last = 65_536 - 256;
        List<SegmentSummary> pattern = summaries(last, 256);
        rollUpGroups(generation, last, pattern);
        assertThat(addAll(growing, pattern)).containsExactly(name(last));
        assertThat(new RollUps(generation)
                        .read(Level.BLOCK, ONE, 0)
                        .orElseThrow()
                        .entries())
                .hasSize(256);
    }

    /** All groups before a segment, each as the pattern, moved. */
    private static void rollUpGroups(Generation generation, long behind, List<SegmentSummary> pattern) {
        for (long group = 0; group < behind; group += 256) {
            List<SegmentSummary> entries = new ArrayList<>();
            for (SegmentSummary each : pattern) {
                long number = each.number() - pattern.get(0).number() + group;
                entries.add(new SegmentSummary(
                        name(number),
                        1,
                        each.size(),
                        each.major(),
                        each.front(),
                        Optional.empty(),
                        Optional.empty(),
                        each.back(),
                        each.end(),
                        name(number + 1).start(CLUSTER.segmentSize()),
                        each.facts()));
            }
            new RollUps(generation).write(Level.GROUP, ONE, group, RollUp.of(Level.GROUP, entries));
        }
    }

    @Test
    void damaged_blocks_take_nothing_from_older_ones() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        int block = 65_536;
        rollUpGroups(generation, block, summaries(0, 256));
        for (long group = block; group < 5L * block; group += 256) {
            put(generation, 256, ONE, group);
        }
        for (int damaged = 1; damaged < 5; damaged++) {
            store.putIfAbsent(generation.layout().wal(name((long) damaged * block)), Content.of(new byte[100]));
        }
        ArchivedWal.Builder wal = ArchivedWal.builder();
        for (long number = 0; number < 5L * block; number++) {
            wal.segment(ONE, number, 1000);
        }

        IndexUpkeep.Result upkeep = IndexUpkeep.run(generation, wal.build());

        assertThat(upkeep.broken())
                .extracting(IndexBuilder.Broken::segment)
                .containsExactly(name(4L * block), name(3L * block), name(2L * block), name(block));
        assertThat(upkeep.made()).isEqualTo(1);
        assertThat(new RollUps(generation).present(Level.BLOCK, ONE, 0, 5L * block))
                .containsExactly(0L);
    }

    @Test
    void a_damaged_segment_hides_none_behind_it_where_the_roll_up_can_not_be_read() throws Exception {
        Generation generation = generation(CLUSTER, Keys.none());
        List<SegmentSummary> summaries = summaries(256, 256);
        archive(generation, summaries);
        put(generation, 256, ONE, 256);
        damage(generation, 300);
        damage(generation, 400);
        List<Long> told = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();

        try (WalIndex index = new WalIndex(generation, new WalArchive(generation).scan(), 4)) {
            index.segments(ONE, 256, 511, new IndexVisitor() {
                @Override
                public Next visit(SegmentSummary summary) {
                    told.add(summary.number());
                    return Next.CONTINUE;
                }

                @Override
                public Next damaged(WalSegmentName segment, PgpitrException why) {
                    damaged.add(segment.number(CLUSTER.segmentSize()));
                    return Next.CONTINUE;
                }
            });
        }

        assertThat(damaged).containsExactly(300L, 400L);
        assertThat(told).hasSize(254).isSorted().contains(299L, 301L, 399L, 401L, 511L);
    }

    @Test
    void a_listing_is_parted_by_the_names_of_roll_ups_also_where_they_are_many() {
        Generation generation = generation(CLUSTER, Keys.none());
        LongStream.range(200, 900).forEach(group -> put(generation, 256, ONE, group * 256));
        LongStream.range(1, 3).forEach(block -> put(generation, 65_536, ONE, block * 65_536));
        TimelineId two = new TimelineId(2);
        LongStream.range(900, 920).forEach(group -> put(generation, 256, two, group * 256));

        List<WalSegmentName> expected = new ArrayList<>();
        for (long number = 200 * 256; number < 900 * 256; number += 960) {
            expected.add(name(number));
        }
        for (long number = 900 * 256; number < 920 * 256; number += 960) {
            expected.add(WalSegmentName.of(two, number, CLUSTER.segmentSize()));
        }
        assertThat(RolledUp.read(generation).splits()).isEqualTo(expected);
    }

    /** A damaged segment keeps its group from being rolled up, and its block; the other groups of the block are. */
    @Test
    void what_is_rolled_up_beside_a_damaged_segment_is_known_and_the_listing_is_parted_there_too() {
        Generation generation = generation(CLUSTER, Keys.none());
        LongStream.range(0, 1300)
                .filter(group -> group != 700)
                .forEach(group -> put(generation, 256, ONE, group * 256));
        LongStream.range(0, 5)
                .filter(block -> block != 2)
                .forEach(block -> put(generation, 65_536, ONE, block * 65_536));

        RolledUp rolledUp = RolledUp.read(generation);

        assertThat(rolledUp.blocks(ONE)).containsExactly(0L, 65_536L, 3 * 65_536L, 4 * 65_536L);
        assertThat(LongStream.range(0, 1301).filter(group -> !rolledUp.hasGroup(ONE, group * 256)))
                .containsExactly(700L, 1300L);
        assertThat(rolledUp.hasGroup(new TimelineId(2), 256)).isFalse();
        List<WalSegmentName> expected = new ArrayList<>();
        for (long number = 0; number < 1300 * 256; number += 960) {
            expected.add(name(number));
        }
        assertThat(rolledUp.splits()).isEqualTo(expected);
    }

    private void put(Generation generation, int segments, TimelineId timeline, long first) {
        ObjectKey key = generation.layout().rollUp(segments, WalSegmentName.of(timeline, first, CLUSTER.segmentSize()));
        store.putIfAbsent(key, Content.of(new byte[0]));
    }
}
