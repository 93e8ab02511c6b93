package org.pgpitr.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

class SegmentSummaryTest {
    static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    static final WalSegmentName FIRST = WalSegmentName.parse("000000010000000000000003");
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123456Z");
    static final RelationLocator ORDERS = new RelationLocator(1663, 5, 16390);
    static final RelationLocator OTHER = new RelationLocator(1663, 5, 16400);

    private static IntStream majors() {
        return IntStream.rangeClosed(13, 18);
    }

    static WalWriter writer(int major) {
        return new WalWriter(new PostgresMajor(major), SIZE, new SystemIdentifier(7312345678901234567L), FIRST);
    }

    static SegmentSummary whole(int major, WalSegmentName name, byte[] bytes) {
        try {
            return new SegmentSummarizer(new PostgresMajor(major), SIZE).whole(name, new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SegmentSummary partial(byte[] bytes) {
        try {
            return new SegmentSummarizer(new PostgresMajor(17), SIZE).partial(FIRST, new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of all full segments of timeline 1, in order. */
    private static List<SegmentSummary> summaries(int major, WalWriter wal) {
        List<byte[]> segments = wal.full();
        return IntStream.range(0, segments.size())
                .mapToObj(i -> whole(
                        major, WalSegmentName.of(FIRST.timeline(), FIRST.number(SIZE) + i, SIZE), segments.get(i)))
                .toList();
    }

    private static Instant later(int seconds) {
        return NOON.plusSeconds(seconds);
    }

    @ParameterizedTest
    @MethodSource("majors")
    void everything_that_matters_is_in_the_summary(int major) {
        WalWriter wal = writer(major);
        Lsn checkpoint = wal.checkpoint(7_000_000_000L);
        Lsn created = wal.create(700, OTHER);
        Lsn first = wal.commit(700, later(10));
        for (int i = 0; i < 150; i++) {
            wal.row(RowChange.DELETE, i % 2 == 0 ? 701 : 702, ORDERS);
        }
        wal.row(RowChange.DELETE, 701, ORDERS);
        wal.multiInsert(701, OTHER, 120);
        for (int i = 0; i < 30; i++) {
            wal.row(RowChange.UPDATE, 702, ORDERS);
        }
        Lsn committed = wal.commit(701, later(5), List.of(702L), List.of(OTHER));
        wal.restorePoint("before release", later(6));
        Lsn point = wal.position();
        Lsn truncated = wal.truncate(703, ORDERS, 12);
        wal.abort(703, later(20));
        Lsn byFiles = wal.database(0x00, 704, 16500);
        Lsn dropped = wal.database(major >= 15 ? 0x20 : 0x10, 705, 16501);
        Lsn switched = wal.switchSegment();

        SegmentSummary summary = summaries(major, wal).get(0);

        TransactionEnd commit = new TransactionEnd(
                TransactionEnd.Outcome.COMMITTED,
                701,
                later(5),
                committed,
                summary.facts().transactions().last().orElseThrow().end());
        assertThat(summary.end()).isEqualTo(WalReader.End.SWITCHED);
        assertThat(summary.walEnd()).isEqualTo(FIRST.end(SIZE));
        assertThat(summary.last()).hasValue(switched);
        assertThat(summary.firstPrevious()).hasValue(Lsn.ZERO);
        WalFacts facts = summary.facts();
        assertThat(facts.totals()).isEqualTo(new WalFacts.Totals(192, 1, 1, 0, 1, 1, 1, 2, 120, 30, 151, 0));
        TransactionTotals transactions = facts.transactions();
        assertThat(transactions.committed()).hasValue(new XidRange(700, 702));
        assertThat(transactions.newestWriter()).hasValue(705L);
        assertThat(transactions.commits()).isEqualTo(2);
        assertThat(transactions.aborts()).isEqualTo(1);
        assertThat(transactions.first())
                .hasValueSatisfying(f -> assertThat(f.start()).isEqualTo(first));
        assertThat(transactions.last()).hasValue(commit);
        assertThat(transactions.earliestCommit()).hasValue(later(5));
        assertThat(transactions.latestCommit()).hasValue(later(10));
        assertThat(transactions.latestEnd()).hasValue(later(20));
        assertThat(facts.restorePoints()).containsExactly(new RestorePoint("before release", point, later(6)));
        assertThat(facts.checkpoints())
                .containsExactly(new CheckpointAt(checkpoint, checkpoint.plus(-40), 7_000_000_000L));
        assertThat(facts.relations())
                .containsExactly(
                        new RelationChange(RelationChange.Kind.CREATED, OTHER, 700, 0, created, transactions.first()),
                        new RelationChange(RelationChange.Kind.DROPPED, OTHER, 701, 0, committed, Optional.of(commit)),
                        new RelationChange(
                                RelationChange.Kind.TRUNCATED,
                                ORDERS,
                                703,
                                12,
                                truncated,
                                facts.relations().get(2).end()));
        assertThat(facts.relations().get(2).end())
                .hasValueSatisfying(end -> assertThat(end.isCommit()).isFalse());
        assertThat(facts.databases())
                .containsExactly(
                        new DatabaseChange(
                                DatabaseChange.Kind.CREATED_FILE_COPY, 16500, 704, byFiles, Optional.empty()),
                        new DatabaseChange(DatabaseChange.Kind.DROPPED, 16501, 705, dropped, Optional.empty()));
        assertThat(facts.rows())
                .extracting(
                        RowChanges::xid,
                        RowChanges::relation,
                        RowChanges::inserted,
                        RowChanges::updated,
                        RowChanges::deleted,
                        RowChanges::end)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(702L, ORDERS, 0L, 30L, 75L, Optional.of(commit)),
                        org.assertj.core.groups.Tuple.tuple(701L, OTHER, 120L, 0L, 0L, Optional.of(commit)));
        assertThat(facts.cutShort()).isEmpty();
        assertThat(SummaryFormat.parse(SummaryFormat.write(summary))).isEqualTo(summary);
    }

    @Test
    void an_unlogged_relation_is_told_by_its_initialization_fork_and_other_forks_are_not() {
        WalWriter wal = writer(17);
        wal.create(700, ORDERS, 1);
        wal.create(700, ORDERS, 2);
        Lsn created = wal.create(700, OTHER, 3);
        wal.switchSegment();
        assertThat(summaries(17, wal).get(0).facts().relations())
                .containsExactly(
                        new RelationChange(RelationChange.Kind.CREATED, OTHER, 700, 0, created, Optional.empty()));
    }

    @Test
    void a_database_created_through_the_wal_is_told_from_15_on() {
        WalWriter wal = writer(15);
        wal.database(0x10, 704, 16500);
        wal.switchSegment();
        assertThat(summaries(15, wal).get(0).facts().databases())
                .singleElement()
                .satisfies(d -> assertThat(d.kind()).isEqualTo(DatabaseChange.Kind.CREATED_WAL_LOG));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 32})
    void a_commit_that_crosses_a_boundary_is_read_from_both_summaries(int before) {
        WalWriter wal = writer(17);
        wal.fillToBefore(before);
        Lsn crossing = wal.commit(800, NOON);
        wal.filler(100, (byte) 1);
        wal.switchSegment();
        List<SegmentSummary> both = summaries(17, wal);
        assertThat(both.get(0).back().length()).isEqualTo(before);
        assertThat(both.get(1).front().length()).isEqualTo(34 - before);

        SummaryChain chain = new SummaryChain();
        assertThat(chain.next(both.get(0)).transactions().commits()).isZero();
        WalFacts second = chain.next(SummaryFormat.parse(SummaryFormat.write(both.get(1))));
        assertThat(second.transactions().first())
                .hasValue(new TransactionEnd(
                        TransactionEnd.Outcome.COMMITTED,
                        800,
                        NOON,
                        crossing,
                        FIRST.end(SIZE).plus(40 + (34 - before + 7 & ~7))));
        assertThat(second.totals().records()).isEqualTo(3);
    }

    @Test
    void a_record_longer_than_a_segment_passes_through_it() {
        WalWriter wal = writer(17);
        wal.filler(5000, (byte) 1);
        wal.filler(3 << 20, (byte) 2);
        wal.commit(800, NOON);
        wal.switchSegment();
        List<SegmentSummary> all = summaries(17, wal);
        assertThat(all).hasSize(4);
        assertThat(all.get(1).firstPrevious()).isEmpty();
        SummaryChain chain = new SummaryChain();
        assertThat(all.stream().mapToLong(s -> chain.next(s).totals().records()).sum())
                .isEqualTo(4);
        SummaryChain later = new SummaryChain();
        assertThat(all.stream()
                        .skip(1)
                        .mapToLong(s -> later.next(s).totals().records())
                        .sum())
                .as("without its beginning")
                .isEqualTo(2);
        assertThatThrownBy(() -> {
                    SummaryChain torn = new SummaryChain();
                    torn.next(all.get(0));
                    torn.next(all.get(2));
                    torn.next(all.get(3));
                    torn.next(all.get(0));
                    torn.next(withFront(all.get(1), all.get(2).front()));
                })
                .isInstanceOf(BrokenWalException.class)
                .hasMessageContaining("is not the one that the segment before it ends with");
    }

    private static SegmentSummary withFront(SegmentSummary s, RecordPart front) {
        return new SegmentSummary(
                s.segment(),
                1,
                s.size(),
                s.major(),
                front,
                s.firstPrevious(),
                s.last(),
                s.back(),
                s.end(),
                s.walEnd(),
                s.facts());
    }

    @Test
    void neighbours_joined_tell_the_same_as_one_by_one() {
        java.util.Random random = new java.util.Random(5);
        WalWriter wal = writer(17);
        for (int i = 0; i < 3000; i++) {
            switch (random.nextInt(6)) {
                case 0 -> wal.commit(800 + i, later(i));
                case 1 -> wal.filler(32 + random.nextInt(20_000), (byte) 3);
                case 2 -> wal.create(800 + i, ORDERS);
                case 3 -> wal.restorePoint("p" + i, later(i));
                default -> wal.row(RowChange.INSERT, 800, ORDERS);
            }
            if (i % 1000 == 500) {
                wal.filler(2_500_000, (byte) 4);
            }
        }
        wal.switchSegment();
        List<SegmentSummary> all = summaries(17, wal);
        SummaryChain chain = new SummaryChain();
        WalFacts one = all.stream().map(chain::next).reduce(WalFacts.NONE, WalFacts::and);
        SegmentSummary together = SegmentSummary.joined(all);
        assertThat(together.facts()).isEqualTo(one);
        assertThat(together.segments()).isEqualTo(all.size());
        for (int cut = 1; cut < all.size(); cut++) {
            SegmentSummary left = SegmentSummary.joined(all.subList(0, cut));
            SegmentSummary right = SegmentSummary.joined(all.subList(cut, all.size()));
            assertThat(SummaryFormat.parse(SummaryFormat.write(left))).isEqualTo(left);
            assertThat(SummaryFormat.parse(SummaryFormat.write(right))).isEqualTo(right);
            assertThat(SegmentSummary.joined(List.of(left, right)))
                    .as("cut at %d", cut)
                    .isEqualTo(together);
        }
        assertThat(together.brief(0).facts().relations()).isEmpty();
        assertThat(together.brief(0).facts().restorePoints()).isEqualTo(one.restorePoints());
        assertThat(together.brief(0).facts().cutShort()).contains(WalFacts.Kind.RELATIONS);
    }

    @Test
    void a_transactions_end_too_long_to_be_kept_is_said_to_be_unread() {
        WalWriter wal = writer(17);
        wal.fillToBefore(80);
        wal.commit(
                800, NOON, java.util.stream.LongStream.range(900, 6000).boxed().toList(), List.of());
        wal.switchSegment();
        List<SegmentSummary> both = summaries(17, wal);
        SummaryChain chain = new SummaryChain();
        chain.next(both.get(0));
        assertThat(chain.next(both.get(1)).cutShort()).containsExactly(WalFacts.Kind.CROSSING_RECORDS);
    }

    @Test
    void wal_that_a_crashed_server_began_anew_is_whole() {
        WalWriter wal = writer(17);
        wal.fillToBefore(800);
        wal.crashIn(3000);
        wal.commit(800, NOON);
        wal.switchSegment();
        List<SegmentSummary> both = summaries(17, wal);
        assertThat(both.get(0).back().length()).isEqualTo(800);
        SummaryChain chain = new SummaryChain();
        chain.next(both.get(0));
        assertThat(chain.next(both.get(1)).transactions().commits()).isEqualTo(1);
    }

    @Test
    void a_segment_of_other_wal_does_not_follow() {
        WalWriter wal = writer(17);
        wal.filler(100, (byte) 1);
        wal.switchSegment();
        wal.filler(200, (byte) 1);
        wal.switchSegment();
        WalWriter twin = writer(17);
        twin.filler(300, (byte) 1);
        twin.switchSegment();
        SummaryChain chain = new SummaryChain();
        chain.next(summaries(17, twin).get(0));
        SegmentSummary second = summaries(17, wal).get(1);
        assertThatThrownBy(() -> chain.next(second))
                .isInstanceOf(BrokenWalException.class)
                .hasMessageContaining("0/400000: its first record says that the record before it is at");
        assertThat(chain.next(second).totals().records()).as("a new chain").isEqualTo(2);
    }

    @Test
    void a_crossing_record_whose_rest_was_changed_is_broken() {
        WalWriter wal = writer(17);
        wal.fillToBefore(24);
        wal.commit(800, NOON);
        wal.switchSegment();
        List<byte[]> segments = wal.full();
        segments.get(1)[44] ^= 1;
        SummaryChain chain = new SummaryChain();
        chain.next(whole(17, FIRST, segments.get(0)));
        assertThatThrownBy(() -> chain.next(whole(17, FIRST.next(SIZE), segments.get(1))))
                .isInstanceOf(BrokenWalException.class)
                .hasMessageContaining("wrong CRC");
    }

    @Test
    void a_timeline_goes_on_in_the_segment_it_was_left_in() {
        WalWriter wal = writer(17);
        wal.commit(800, NOON);
        wal.switchSegment();
        wal.commit(801, later(1));
        byte[] left = wal.segment(4).clone();
        wal.promote(new TimelineId(2));
        Lsn end = wal.endOfRecovery(TimelineId.FIRST, later(2));
        wal.commit(802, later(3));
        wal.switchSegment();
        SegmentSummary first = whole(17, FIRST, wal.segment(3));
        SegmentSummary second = whole(17, FIRST.next(SIZE).on(new TimelineId(2)), wal.segment(4));
        assertThat(second.facts().timelineSwitches())
                .containsExactly(new TimelineSwitch(end, TimelineId.FIRST, new TimelineId(2)));
        SummaryChain chain = new SummaryChain();
        chain.next(first);
        assertThat(chain.next(second).transactions().commits()).isEqualTo(2);

        SegmentSummary partial = whole(17, FIRST.next(SIZE), left);
        assertThat(partial.end()).isEqualTo(WalReader.End.OPEN);
        assertThat(partial.walEnd()).isEqualTo(end);
    }

    @Test
    void wal_behind_a_hole_is_broken() {
        WalWriter wal = writer(17);
        for (int i = 0; i < 100; i++) {
            wal.filler(8100, (byte) 1);
        }
        wal.switchSegment();
        byte[] segment = wal.full().get(0);
        Arrays.fill(segment, 5 * 8192, 40 * 8192, (byte) 0);
        assertThatThrownBy(() -> whole(17, FIRST, segment))
                .isInstanceOf(BrokenWalException.class)
                .hasMessageContaining("there is no record, but WAL goes on at 0/350000");
    }

    @Test
    void a_partial_segment_ends_where_no_valid_record_follows() {
        WalWriter wal = writer(17);
        wal.commit(800, NOON);
        Lsn torn = wal.filler(5000, (byte) 1);
        byte[] segment = wal.segment(3);
        segment[3000] ^= 1;
        SegmentSummary summary = partial(segment);
        assertThat(summary.end()).isEqualTo(WalReader.End.OPEN);
        assertThat(summary.walEnd()).isEqualTo(torn);
        assertThat(summary.facts().transactions().commits()).isEqualTo(1);
        assertThatThrownBy(() -> whole(17, FIRST, segment)).isInstanceOf(BrokenWalException.class);
        segment[8] ^= 1;
        assertThatThrownBy(() -> partial(segment)).isInstanceOf(BrokenWalException.class);
    }

    @Test
    void lists_are_bounded_and_say_so() {
        WalWriter wal = writer(17);
        for (int i = 0; i < 1100; i++) {
            wal.create(700, new RelationLocator(1663, 5, 20_000L + i));
        }
        wal.commit(700, NOON);
        wal.switchSegment();
        SegmentSummary summary = summaries(17, wal).get(0);
        assertThat(summary.facts().totals().created()).isEqualTo(1100);
        assertThat(summary.facts().relations())
                .hasSize(1000)
                .allSatisfy(r -> assertThat(r.end()).isPresent());
        assertThat(summary.facts().cutShort()).containsExactly(WalFacts.Kind.RELATIONS);
        assertThat(SummaryFormat.parse(SummaryFormat.write(summary))).isEqualTo(summary);
    }

    @Test
    void big_changes_are_found_among_very_many_small_ones() {
        RowCounter counter = new RowCounter();
        BlockReference block = new BlockReference();
        block.relation = 1;
        for (long i = 0; i < 300_000; i++) {
            counter.add(1000 + i, block, RowChange.INSERT, 1, i);
            counter.add(7, block, RowChange.DELETE, 1, i);
        }
        assertThat(counter.many(java.util.Map.of()))
                .singleElement()
                .satisfies(rows -> assertThat(rows.deleted()).isEqualTo(300_000));
    }

    @Test
    void a_segment_that_ends_with_a_record_has_no_part_of_one_behind_it() {
        WalWriter wal = writer(17);
        wal.fillToBefore(0);
        wal.commit(700, later(1));

        SegmentSummary summary = summaries(17, wal).get(0);

        assertThat(summary.end()).isEqualTo(WalReader.End.FULL);
        assertThat(summary.back().isEmpty()).isTrue();
        assertThat(SummaryFormat.parse(SummaryFormat.write(summary))).isEqualTo(summary);
    }

    @Test
    void records_of_catalogs_that_tell_of_relations_are_counted() {
        WalWriter wal = writer(17);
        for (long catalog : new long[] {1259, 2610, 2615, 1262, 1249}) {
            wal.row(RowChange.INSERT, 700, new RelationLocator(1663, 5, catalog));
        }
        wal.row(RowChange.INSERT, 700, ORDERS);
        wal.switchSegment();
        assertThat(summaries(17, wal).get(0).facts().totals().catalogs()).isEqualTo(4);
    }

    @Test
    void transaction_numbers_go_round() {
        XidRange around = new XidRange(0xFFFF_FFF0L, 5);
        assertThat(around.contains(0xFFFF_FFFFL)).isTrue();
        assertThat(around.contains(3)).isTrue();
        assertThat(around.contains(6)).isFalse();
        assertThat(around.contains(0xFFFF_FFEFL)).isFalse();
        WalWriter wal = writer(17);
        wal.commit(5, NOON);
        wal.commit(0xFFFF_FFF0L, NOON);
        wal.switchSegment();
        wal.commit(7, NOON);
        wal.switchSegment();
        WalFacts facts = SegmentSummary.joined(summaries(17, wal)).facts();
        assertThat(facts.transactions().committed()).hasValue(new XidRange(0xFFFF_FFF0L, 7));
        assertThat(facts.transactions().newestWriter()).hasValue(7L);
    }
}
