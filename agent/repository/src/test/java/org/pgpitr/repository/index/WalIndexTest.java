package org.pgpitr.repository.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

/** A WAL of 600 segments: two whole groups, the ends of two others, and a hole. */
class WalIndexTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final long FIRST = 200;
    private static final long LAST = 799;
    private static final long HOLE = 780;
    private static final TimelineId ONE = TimelineId.FIRST;

    private static final List<TransactionEnd> ENDS = new ArrayList<>();
    private static final List<RestorePoint> POINTS = new ArrayList<>();
    private static final MemoryStore STORE = new MemoryStore();
    private static Generation generation;

    @BeforeAll
    static void archive() throws Exception {
        generation = repository(Keys.none()).create(CLUSTER);
        WalArchive archive = new WalArchive(generation);
        Random random = new Random(11);
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(FIRST));
        for (long number = FIRST; number <= LAST; number++) {
            write(wal, random, number);
            Content content = Content.of(wal.take(number));
            SegmentSummary summary =
                    SegmentInspection.summary(name(number), content).orElseThrow();
            if (number != HOLE) {
                // One in a hundred is of an older version, and has no summary.
                archive.push(name(number), content, number % 100 == 0 ? new byte[0] : SummaryFormat.write(summary));
            }
        }
    }

    /** Most segments end with a commit that crosses into the next one. */
    private static void write(WalWriter wal, Random random, long number) {
        for (int i = 0; i < 3; i++) {
            commit(wal, number * 10 + i, NOON.plusSeconds(10 * number + i - random.nextInt(25)));
        }
        if (number % 50 == 7) {
            wal.restorePoint("p" + number % 100, NOON.plusSeconds(10 * number));
            POINTS.add(new RestorePoint("p" + number % 100, wal.position(), NOON.plusSeconds(10 * number)));
        }
        if (random.nextInt(3) == 0) {
            wal.switchSegment();
        } else {
            wal.fillToBefore(24);
            commit(wal, number * 10 + 9, NOON.plusSeconds(10 * number + 9));
        }
    }

    private static void commit(WalWriter wal, long xid, Instant time) {
        Lsn start = wal.commit(xid, time);
        ENDS.add(new TransactionEnd(TransactionEnd.Outcome.COMMITTED, xid, time, start, wal.position()));
    }

    private static Repository repository(Keys keys) {
        return new Repository(STORE, new ClusterName("main"), keys, 1);
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(ONE, number, CLUSTER.segmentSize());
    }

    private static ArchivedWal wal() {
        return new WalArchive(generation).scan();
    }

    private static List<SegmentSummary> stretches(ArchivedWal wal, long from, long to) {
        List<SegmentSummary> all = new ArrayList<>();
        try (WalIndex index = new WalIndex(generation, wal, 4)) {
            index.stretches(ONE, from, to, s -> {
                all.add(s);
                return IndexVisitor.Next.CONTINUE;
            });
        }
        return all;
    }

    private static List<SegmentSummary> segments(ArchivedWal wal, long from, long to) {
        List<SegmentSummary> all = new ArrayList<>();
        try (WalIndex index = new WalIndex(generation, wal, 4)) {
            index.segments(ONE, from, to, s -> {
                all.add(s);
                return IndexVisitor.Next.CONTINUE;
            });
        }
        return all;
    }

    private static IndexBuilder.Result build() {
        return new IndexBuilder(generation, wal(), 4).build(n -> {});
    }

    private static WalFacts facts(List<SegmentSummary> summaries) {
        SummaryChain chain = new SummaryChain();
        return summaries.stream().map(chain::next).reduce(WalFacts.NONE, WalFacts::and);
    }

    /** One test, since each part rests on what the one before it left in the repository. */
    @Test
    void the_index_tells_what_the_wal_does_with_roll_ups_and_without() {
        List<SegmentSummary> one = segments(wal(), FIRST, LAST);
        assertThat(one)
                .hasSize(599)
                .extracting(SegmentSummary::number)
                .isSorted()
                .doesNotContain(HOLE);
        WalFacts facts = facts(one);
        assertThat(facts.restorePoints()).isEqualTo(POINTS);
        // The commit that crosses into the hole is lost, and the one that crosses out of it has no beginning.
        assertThat(ENDS.size() - facts.transactions().commits()).isBetween(3L, 5L);
        assertThat(stretches(wal(), FIRST, LAST)).isEqualTo(one);

        assertThat(build()).isEqualTo(new IndexBuilder.Result(599, 2, 0, List.of()));
        assertThat(build()).isEqualTo(new IndexBuilder.Result(599, 0, 2, List.of()));
        List<SegmentSummary> stretches = stretches(wal(), FIRST, LAST);
        assertThat(stretches).hasSize(56 + 2 + 31);
        assertThat(stretches.get(56).segments()).isEqualTo(256);
        assertThat(facts(stretches).transactions()).isEqualTo(facts.transactions());
        assertThat(facts(stretches).totals()).isEqualTo(facts.totals());
        assertThat(facts(stretches).restorePoints()).isEqualTo(POINTS);
        assertThat(facts(segments(wal(), FIRST, LAST)).transactions()).isEqualTo(facts.transactions());
        assertThat(segments(wal(), 300, 310)).hasSize(11);
        assertThat(ArchiveListing.scan(generation).runs(ONE)).isEqualTo(wal().runs(ONE));
        assertThat(ArchiveListing.scan(generation).storedBytes(ONE, FIRST, LAST))
                .isEqualTo(wal().storedBytes(ONE, FIRST, LAST));

        ArchivedWal.Builder less = ArchivedWal.builder();
        for (long number = FIRST; number <= LAST; number++) {
            if (number != 400) {
                less.segment(ONE, number, 1);
            }
        }
        assertThat(stretches(less.build(), FIRST, 700))
                .as("only what the archive's listing holds")
                .noneMatch(s -> s.number() <= 400 && 400 < s.number() + s.segments());

        ObjectKey key = generation.layout().rollUp(256, name(512));
        STORE.delete(List.of(key));
        STORE.putIfAbsent(key, Content.of(new byte[] {1, 2, 3}));
        assertThat(facts(stretches(wal(), FIRST, LAST)).transactions()).isEqualTo(facts.transactions());
        assertThat(build()).isEqualTo(new IndexBuilder.Result(599, 1, 1, List.of()));
        assertThat(stretches(wal(), FIRST, LAST)).isEqualTo(stretches);
    }

    @Test
    void a_block_of_65536_segments_is_read_from_one_object() {
        MemoryStore store = new MemoryStore();
        Generation far = new Repository(store, new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        ArchivedWal.Builder wal = ArchivedWal.builder();
        List<SegmentSummary> groups = new ArrayList<>();
        for (long number = 0; number < 65_536 + 300; number++) {
            wal.segment(ONE, number, 1);
        }
        SegmentSummary pattern = pattern();
        for (long group = 0; group < 256; group++) {
            groups.add(at(pattern, group * 256, 256));
        }
        RollUps rollUps = new RollUps(far);
        rollUps.write(Level.BLOCK, ONE, 0, RollUp.of(Level.BLOCK, groups));
        List<SegmentSummary> within = new ArrayList<>();
        for (long number = 65_536; number < 65_536 + 256; number++) {
            within.add(at(pattern, number, 1));
        }
        rollUps.write(Level.GROUP, ONE, 65_536, RollUp.of(Level.GROUP, within));
        List<SegmentSummary> told = new ArrayList<>();
        try (WalIndex index = new WalIndex(far, wal.build(), 4)) {
            index.stretches(ONE, 0, 65_536 + 255, s -> {
                told.add(s);
                return IndexVisitor.Next.CONTINUE;
            });
        }
        assertThat(told).hasSize(257).allMatch(s -> s.segments() == 256);
        assertThat(facts(told).transactions().commits())
                .isEqualTo(pattern.facts().transactions().commits() * 512);
    }

    /** Of a segment without edges. */
    private static SegmentSummary pattern() {
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), WalFiles.CLUSTER, name(0));
        wal.commit(700, NOON);
        wal.switchSegment();
        try {
            return SegmentInspection.summary(name(0), Content.of(wal.take(0))).orElseThrow();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static SegmentSummary at(SegmentSummary pattern, long number, long segments) {
        return new SegmentSummary(
                name(number),
                segments,
                pattern.size(),
                pattern.major(),
                pattern.front(),
                Optional.empty(),
                Optional.empty(),
                pattern.back(),
                pattern.end(),
                name(number + segments).start(pattern.size()),
                pattern.facts());
    }

    @Test
    void a_roll_up_is_held_against_the_segments() {
        build();
        RollUpCheck check = new RollUpCheck(generation, wal());
        RepositoryLayout.RollUpObject object = new RepositoryLayout.RollUpObject(256, name(256));
        assertThat(check.defect(object)).isEmpty();
        RollUps rollUps = new RollUps(generation);
        RollUp sound = rollUps.read(Level.GROUP, ONE, 256).orElseThrow();
        List<SegmentSummary> entries = new ArrayList<>(sound.entries());
        entries.set(7, at(entries.get(7), entries.get(7).number(), 1));
        rollUps.delete(Level.GROUP, ONE, 256);
        rollUps.write(Level.GROUP, ONE, 256, new RollUp(entries));
        try {
            assertThat(check.defect(object))
                    .contains("it tells other things of segment " + name(263) + " than the segment itself");
            assertThat(new RollUpCheck(generation, ArchivedWal.empty()).defect(object))
                    .isEmpty();
        } finally {
            rollUps.delete(Level.GROUP, ONE, 256);
        }
        assertThat(check.defect(object)).isEmpty();
        ObjectKey cut = generation.layout().rollUp(256, name(256));
        generation.store().putIfAbsent(cut, Content.of(new byte[] {1, 2, 3}));
        assertThat(check.defect(object)).isPresent();
        build();
        assertThat(check.defect(object)).isEmpty();
    }

    @Test
    void a_roll_up_of_another_cluster_timeline_or_place_is_not_used() {
        List<SegmentSummary> entries = new ArrayList<>();
        for (long number = 0; number < 256; number++) {
            entries.add(at(pattern(), number, 1));
        }
        RollUp rollUp = RollUp.of(Level.GROUP, entries);
        ClusterIdentity stranger = WalFiles.cluster(1, new SystemIdentifier(4711), Encryption.NONE);
        MemoryStore store = new MemoryStore();
        RollUps theirs = new RollUps(new Repository(store, new ClusterName("theirs"), Keys.none(), 1).create(stranger));
        Generation here = new Repository(store, new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        RollUps ours = new RollUps(here);
        theirs.write(Level.GROUP, ONE, 0, rollUp);
        assertThat(theirs.read(Level.GROUP, ONE, 0)).hasValue(rollUp);
        byte[] foreign = rollUp.write(stranger.systemIdentifier());
        byte[] own = rollUp.write(CLUSTER.systemIdentifier());
        assertThat(ours.parse(own, Level.GROUP, name(0))).isEqualTo(rollUp);
        assertThatThrownBy(() -> ours.parse(foreign, Level.GROUP, name(0))).isInstanceOf(InvalidFormatException.class);
        ours.write(Level.GROUP, new TimelineId(2), 0, rollUp);
        ours.write(Level.GROUP, ONE, 256, rollUp);
        assertThat(ours.read(Level.GROUP, new TimelineId(2), 0)).isEmpty();
        assertThat(ours.read(Level.GROUP, ONE, 256)).isEmpty();
    }

    @Test
    void who_can_not_read_an_encrypted_repository_makes_no_index() {
        AgeIdentity own = AgeIdentity.generate();
        MemoryStore store = new MemoryStore();
        ClusterIdentity encrypted = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.AGE);
        Generation written = new Repository(
                        store, new ClusterName("main"), Keys.of(List.of(own.recipient()), List.of()), 1)
                .create(encrypted);
        assertThatThrownBy(() -> new IndexBuilder(written, ArchivedWal.empty(), 4).build(n -> {}))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY));
    }

    @Test
    void the_summary_of_an_encrypted_segment_is_read_with_a_key() throws Exception {
        AgeIdentity own = AgeIdentity.generate();
        ClusterIdentity encrypted = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.AGE);
        Generation both = new Repository(
                        new MemoryStore(), new ClusterName("main"), Keys.of(List.of(own.recipient()), List.of(own)), 1)
                .create(encrypted);
        Content content = Content.of(WalFiles.segment(name(5), encrypted, 1));
        SegmentSummary summary = SegmentInspection.summary(name(5), content).orElseThrow();
        new WalArchive(both).push(name(5), content, SummaryFormat.write(summary));
        assertThat(new Summaries(both).read(name(5))).hasValue(summary);
        assertThat(new Summaries(both).read(name(6))).isEmpty();
    }

    @Test
    void a_broken_chain_keeps_its_group_from_being_rolled_up_and_is_named() throws Exception {
        Generation twisted = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
        WalArchive archive = new WalArchive(twisted);
        for (long number = 256; number < 512; number++) {
            // Each by itself, so that none follows on another one.
            Content content = Content.of(WalFiles.segment(name(number), CLUSTER, number));
            archive.push(
                    name(number),
                    content,
                    SummaryFormat.write(
                            SegmentInspection.summary(name(number), content).orElseThrow()));
        }
        IndexBuilder.Result result = new IndexBuilder(twisted, archive.scan(), 4).build(n -> {});
        assertThat(result.made()).isZero();
        assertThat(result.broken())
                .singleElement()
                .satisfies(b -> assertThat(b.segment()).isEqualTo(name(257)));
    }
}
