package org.pgpitr.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.retention.Reason.Kind;
import org.pgpitr.storage.ObjectKey;

class RetentionPlannerTest {
    private static final KeepCalendar NONE = new KeepCalendar(0, 0, 0, 0, ZoneOffset.UTC);
    private static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");

    private final Map<BackupId, String> incomplete = new HashMap<>();
    private final List<WalCompanion> companions = new ArrayList<>();
    private final ArchiveTimes.Builder times = ArchiveTimes.builder();
    private final List<SegmentPieces> pieces = new ArrayList<>();

    private static RetentionPolicy count(int count) {
        return new RetentionPolicy(OptionalInt.of(count), Optional.empty(), Optional.empty(), NONE, Optional.empty());
    }

    private static RetentionPolicy calendar(KeepCalendar calendar) {
        return new RetentionPolicy(OptionalInt.empty(), Optional.empty(), Optional.empty(), calendar, Optional.empty());
    }

    private GenerationPlan plan(FactsBuilder facts, RetentionPolicy policy) {
        return plan(facts.build(), policy, Map.of());
    }

    private GenerationPlan plan(RecoveryFacts facts, RetentionPolicy policy, Map<BackupId, Pin> pins) {
        GenerationFacts generation = new GenerationFacts(
                1,
                facts,
                incomplete,
                times.build(),
                List.of(),
                pieces,
                pins,
                Map.of(),
                List.of(),
                Optional.empty(),
                companions);
        return RetentionPlanner.plan(new RetentionFacts(List.of(generation), NOW), policy)
                .generation(1);
    }

    private static String staying(GenerationPlan plan) {
        StringBuilder text = new StringBuilder();
        for (WalVerdict wal : plan.wal()) {
            if (wal.stays()) {
                text.append(wal.range().timeline())
                        .append(wal.range().form() == WalRange.Form.PARTIAL ? "p:" : ":")
                        .append(wal.first().number(FactsBuilder.SIZE))
                        .append('-')
                        .append(wal.last().number(FactsBuilder.SIZE))
                        .append(' ');
            }
        }
        return text.toString().strip();
    }

    private static List<String> kept(GenerationPlan plan) {
        return plan.backups().stream()
                .filter(BackupVerdict::stays)
                .map(b -> b.id().value().substring(4, 8))
                .toList();
    }

    /** Backups at noon of days of November, each needing the segment of its day. */
    private static FactsBuilder noons(String... days) {
        FactsBuilder facts = new FactsBuilder().wal(1, 1, 31);
        for (String day : days) {
            String segment = Integer.toHexString(Integer.parseInt(day));
            facts.backup("2026-11-" + day + "T12:00:00Z", 1, "0/" + segment + "00028", "0/" + segment + "00100");
        }
        return facts;
    }

    @Test
    void a_policy_that_says_nothing_of_backups_is_refused() {
        RetentionPolicy wal = new RetentionPolicy(
                OptionalInt.empty(), Optional.empty(), Optional.empty(), NONE, Optional.of(Duration.ofDays(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(noons("01"), wal));
    }

    @Test
    void a_backup_that_is_kept_for_several_reasons_tells_all_of_them() {
        GenerationPlan plan = plan(
                noons("01", "02"),
                new RetentionPolicy(
                        OptionalInt.of(1),
                        Optional.of(Duration.ofDays(30)),
                        Optional.empty(),
                        new KeepCalendar(1, 0, 0, 0, ZoneOffset.UTC),
                        Optional.empty()));
        assertThat(plan.backups().get(1).reasons())
                .extracting(Reason::kind)
                .containsExactly(Kind.NEWEST, Kind.AGE, Kind.COUNT, Kind.DAILY);
    }

    @Test
    void days_begin_in_the_zone_that_is_set() {
        FactsBuilder facts = new FactsBuilder()
                .wal(1, 1, 9)
                .backup("2026-11-03T20:00:00Z", 1, "0/200028", "0/200100")
                .backup("2026-11-03T23:30:00Z", 1, "0/300028", "0/300100")
                .backup("2026-11-04T12:00:00Z", 1, "0/400028", "0/400100");

        assertThat(kept(plan(facts, calendar(new KeepCalendar(2, 0, 0, 0, ZoneOffset.UTC)))))
                .containsExactly("1103", "1104");
        assertThat(plan(facts, calendar(new KeepCalendar(2, 0, 0, 0, ZoneId.of("Europe/Berlin"))))
                        .backups())
                .extracting(BackupVerdict::stays)
                .containsExactly(true, false, true);
    }

    @Test
    void weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday() {
        GenerationPlan plan = plan(
                new FactsBuilder()
                        .wal(1, 1, 9)
                        .backup("2026-12-28T12:00:00Z", 1, "0/200028", "0/200100")
                        .backup("2027-01-03T12:00:00Z", 1, "0/300028", "0/300100")
                        .backup("2027-01-04T12:00:00Z", 1, "0/400028", "0/400100"),
                calendar(new KeepCalendar(0, 9, 0, 0, ZoneOffset.UTC)));
        assertThat(plan.backups().get(0).stays()).isFalse();
        assertThat(plan.backups().get(1).reasons().get(0).text()).isEqualTo("the last of 2026-W53");
        assertThat(plan.backups().get(2).reasons()).extracting(Reason::text).contains("the last of 2027-W01");
    }

    /** The 30th of December 2024 is in the first week of 2025; a year begins with January all the same. */
    @Test
    void years_begin_with_january_in_the_zone_that_is_set() {
        FactsBuilder facts = new FactsBuilder()
                .wal(1, 1, 9)
                .backup("2023-12-31T12:00:00Z", 1, "0/200028", "0/200100")
                .backup("2024-01-01T12:00:00Z", 1, "0/300028", "0/300100")
                .backup("2024-12-30T12:00:00Z", 1, "0/400028", "0/400100")
                .backup("2025-01-01T12:00:00Z", 1, "0/500028", "0/500100")
                .backup("2025-12-31T23:30:00Z", 1, "0/600028", "0/600100")
                .backup("2026-01-01T12:00:00Z", 1, "0/700028", "0/700100");

        GenerationPlan three = plan(facts, calendar(new KeepCalendar(0, 0, 0, 3, ZoneOffset.UTC)));

        assertThat(kept(three)).containsExactly("1230", "1231", "0101");
        assertThat(three.backups())
                .filteredOn(BackupVerdict::stays)
                .flatExtracting(BackupVerdict::reasons)
                .filteredOn(reason -> reason.kind() == Kind.YEARLY)
                .extracting(Reason::text)
                .containsExactly("the last of 2024", "the last of 2025", "the last of 2026");
        assertThat(kept(plan(facts, calendar(new KeepCalendar(0, 0, 0, 2, ZoneOffset.UTC)))))
                .containsExactly("1231", "0101");
        assertThat(kept(plan(facts, calendar(new KeepCalendar(0, 0, 0, 9, ZoneOffset.UTC)))))
                .as("only years with a backup are counted")
                .containsExactly("1231", "1230", "1231", "0101");
        assertThat(plan(facts, calendar(new KeepCalendar(0, 0, 0, 3, ZoneId.of("Europe/Berlin"))))
                        .backups())
                .extracting(BackupVerdict::stays)
                .containsExactly(false, false, true, true, false, true);
    }

    private SegmentPieces piecesOf(int timeline, long segment) {
        SegmentPieces some =
                new SegmentPieces(WalSegmentName.of(new TimelineId(timeline), segment, FactsBuilder.SIZE), 5, 500);
        pieces.add(some);
        return some;
    }

    @Test
    void pieces_go_when_their_segment_is_archived_whole_or_nothing_needs_it() {
        // timeline 1 was left in segment 5 after a last piece of it; timeline 2 stands in segment 9
        FactsBuilder facts = new FactsBuilder()
                .wal(1, 1, 4)
                .history(2, "1 0/580000")
                .wal(2, 5, 8)
                .streamed(1, 5, "0/590000")
                .streamed(2, 9, "0/910000")
                .backup("2026-11-01T12:00:00Z", 1, "0/200028", "0/200100")
                .backup("2026-11-02T12:00:00Z", 2, "0/600028", "0/600100");
        SegmentPieces whole = piecesOf(1, 4);
        SegmentPieces left = piecesOf(1, 5);
        SegmentPieces current = piecesOf(2, 9);

        List<PiecesVerdict> both = plan(facts, count(2)).pieces();
        assertThat(both).extracting(PiecesVerdict::pieces).containsExactly(whole, left, current);
        assertThat(both)
                .extracting(PiecesVerdict::fate)
                .containsExactly(PiecesVerdict.Fate.ARCHIVED_WHOLE, PiecesVerdict.Fate.STAYS, PiecesVerdict.Fate.STAYS);
        assertThat(both.get(1).reasons().get(0).text()).isEqualTo("any moment after backup 20261101T120000Z");

        List<PiecesVerdict> newest = plan(facts, count(1)).pieces();
        assertThat(newest)
                .extracting(PiecesVerdict::fate)
                .containsExactly(
                        PiecesVerdict.Fate.ARCHIVED_WHOLE, PiecesVerdict.Fate.NOT_NEEDED, PiecesVerdict.Fate.STAYS);
        assertThat(newest.get(2).reasons()).extracting(Reason::kind).contains(Kind.NEWEST);
    }

    @Test
    void pieces_stay_while_nothing_can_be_recovered_and_those_that_cover_a_segment_count_as_it() {
        FactsBuilder facts =
                new FactsBuilder().wal(1, 1, 2).wal(1, 4, 4).backup("2026-11-01T12:00:00Z", 1, "0/200028", "0/380100");
        piecesOf(1, 2);
        assertThat(plan(facts, count(1)).pieces().get(0).reasons())
                .extracting(Reason::kind)
                .containsExactly(Kind.NOTHING_RECOVERABLE);

        facts.streamed(1, 3, "0/400000");
        piecesOf(1, 3);
        GenerationPlan plan = plan(facts, count(1));
        assertThat(plan.pieces())
                .extracting(PiecesVerdict::fate)
                .containsExactly(PiecesVerdict.Fate.ARCHIVED_WHOLE, PiecesVerdict.Fate.STAYS);
        assertThat(staying(plan)).isEqualTo("1:2-2 1:4-4");
    }

    @Test
    void only_days_with_a_backup_are_counted() {
        assertThat(kept(plan(noons("01", "05", "09"), calendar(new KeepCalendar(2, 0, 0, 0, ZoneOffset.UTC)))))
                .containsExactly("1105", "1109");
    }

    @Test
    void what_can_not_be_recovered_is_not_counted() {
        FactsBuilder facts = new FactsBuilder()
                .wal(1, 2, 3)
                .wal(1, 5, 9)
                .backup("2026-11-01T00:00:00Z", 1, "0/200028", "0/200100")
                .backup("2026-11-02T00:00:00Z", 1, "0/400028", "0/400100")
                .backup("2026-11-03T00:00:00Z", 1, "0/500028", "0/500100");

        GenerationPlan plan = plan(facts, count(2));
        assertThat(kept(plan)).containsExactly("1101", "1103");
        assertThat(plan.backups().get(1).defect())
                .contains("WAL segment 000000010000000000000004, which it needs to become consistent, is not in the"
                        + " archive");
    }

    @Test
    void a_backup_that_lacks_objects_takes_no_place_of_a_whole_one() {
        incomplete.put(BackupId.parse("20261109T120000Z"), "an object is missing");

        GenerationPlan plan = plan(noons("01", "05", "09"), count(1));
        assertThat(kept(plan)).containsExactly("1105");
        assertThat(plan.backups().get(2).defect()).contains("an object is missing");
    }

    @Test
    @DisplayName("Class 13: the segment of a fork stays on both timelines, and the way there")
    void the_way_over_a_fork_stays() {
        FactsBuilder facts = new FactsBuilder()
                .backup("2026-11-01T00:00:00Z", 1, "0/200028", "0/200100")
                .backup("2026-11-02T00:00:00Z", 1, "0/400028", "0/400100")
                .history(2, "1 0/680000 r")
                .wal(1, 1, 9)
                .wal(2, 6, 9);

        assertThat(staying(plan(facts, count(1)))).isEqualTo("1:4-9 2:6-9");

        facts.backup("2026-11-03T00:00:00Z", 2, "0/800028", "0/800100");
        assertThat(staying(plan(facts, count(1)))).isEqualTo("2:8-9");
        assertThat(staying(plan(facts, count(2)))).isEqualTo("1:4-9 2:6-9");
    }

    @Test
    void a_partial_segment_stays_where_it_is_the_way_over() {
        FactsBuilder facts = new FactsBuilder()
                .backup("2026-11-01T00:00:00Z", 1, "0/200028", "0/200100")
                .history(2, "1 0/680000 r")
                .wal(1, 1, 5)
                .partial(1, 6)
                .partial(1, 1)
                .wal(2, 6, 9);
        assertThat(staying(plan(facts, count(1)))).isEqualTo("1:2-5 1p:6-6 2:6-9");
    }

    @Test
    @DisplayName("Class 13: a failover beneath the newest backup keeps the one that leads to the new timeline")
    void the_newest_backup_of_the_timeline_that_is_written_stays() {
        FactsBuilder facts = new FactsBuilder()
                .backup("2026-11-01T00:00:00Z", 1, "0/200028", "0/200100")
                .backup("2026-11-02T00:00:00Z", 1, "0/400028", "0/400100")
                .history(2, "1 0/380000 r")
                .wal(1, 1, 5)
                .wal(2, 3, 6);

        assertThat(kept(plan(facts, count(1)))).containsExactly("1102");
        times.segment(new TimelineId(2), 6, Instant.parse("2026-11-02T09:00:00Z"));
        GenerationPlan plan = plan(facts, count(1));
        assertThat(kept(plan)).containsExactly("1101", "1102");
        assertThat(plan.backups().get(0).reasons())
                .containsExactly(new Reason(
                        Kind.NEWEST,
                        "the newest backup that leads onto timeline 2, which was written later than any backup"));
    }

    @Test
    void holes_do_not_end_what_is_needed() {
        FactsBuilder facts = new FactsBuilder()
                .backup("2026-11-01T00:00:00Z", 1, "0/200028", "0/200100")
                .wal(1, 1, 3)
                .wal(1, 7, 9);
        assertThat(staying(plan(facts, count(1)))).isEqualTo("1:2-3 1:7-9");
    }

    @Test
    @DisplayName("Class 13: a pinned backup keeps the WAL that makes it consistent")
    void a_pin_keeps_wal() {
        RetentionPolicy policy = new RetentionPolicy(
                OptionalInt.of(1), Optional.empty(), Optional.empty(), NONE, Optional.of(Duration.ofHours(1)));
        BackupId first = BackupId.parse("20261101T120000Z");
        Map<BackupId, Pin> pins = Map.of(first, new Pin(first, "audit", NOW, Optional.empty()));

        assertThat(staying(plan(noons("01", "05", "09").build(), policy, pins))).isEqualTo("1:1-1 1:9-31");
        assertThat(staying(plan(noons("01", "05", "09").build(), count(1), pins)))
                .isEqualTo("1:1-31");
        Map<BackupId, Pin> ended = Map.of(first, new Pin(first, "audit", NOW, Optional.of(NOW)));
        assertThat(staying(plan(noons("01", "05", "09").build(), count(1), ended)))
                .isEqualTo("1:9-31");
    }

    @Test
    void a_window_needs_the_newest_backup_before_it() {
        times.segment(TimelineId.FIRST, 31, NOW.minusSeconds(60));
        RetentionPolicy window = new RetentionPolicy(
                OptionalInt.empty(), Optional.empty(), Optional.of(Duration.ofDays(14)), NONE, Optional.empty());
        assertThat(kept(plan(noons("01", "04", "05", "06", "09"), window))).containsExactly("1105", "1106", "1109");
    }

    private void companion(WalCompanion.Kind kind, int timeline, long first, long last) {
        companions.add(new WalCompanion(
                kind, ObjectKey.of("main/1/" + kind + "/" + first), new TimelineId(timeline), first, last, 100));
    }

    private static List<Long> staying(GenerationPlan plan, WalCompanion.Kind kind) {
        return plan.companions().stream()
                .filter(CompanionVerdict::stays)
                .map(CompanionVerdict::companion)
                .filter(each -> each.kind() == kind)
                .map(WalCompanion::first)
                .toList();
    }

    @Test
    void a_roll_up_goes_with_the_last_segment_it_tells_of() {
        companion(WalCompanion.Kind.ROLL_UP, 1, 0, 255);
        companion(WalCompanion.Kind.ROLL_UP, 2, 0, 255);

        assertThat(staying(plan(noons("01", "09"), count(1)), WalCompanion.Kind.ROLL_UP))
                .containsExactly(0L);
        assertThat(plan(noons("01", "09"), count(1)).companions())
                .extracting(verdict -> verdict.companion().timeline().value() + " " + verdict.stays())
                .containsExactly("1 true", "2 false");
    }

    @Test
    void what_was_refused_stays_while_the_place_it_left_open_is_needed() {
        companion(WalCompanion.Kind.REFUSED, 1, 4, 4);
        companion(WalCompanion.Kind.REFUSED, 1, 5, 5);
        companion(WalCompanion.Kind.REFUSED, 1, 40, 40);
        companion(WalCompanion.Kind.REFUSED, 7, 3, 3);

        GenerationPlan plan = plan(noons("01", "05"), count(1));

        assertThat(staying(plan, WalCompanion.Kind.REFUSED)).containsExactly(5L, 40L, 3L);
        assertThat(plan.companions().get(3).reasons()).extracting(Reason::kind).containsExactly(Kind.UNKNOWN);
    }

    @Test
    void names_stay_while_wal_is_needed_that_they_tell_of_and_the_newest_before_it_too() {
        for (long segment : List.of(1L, 3L, 4L, 6L, 9L)) {
            companion(WalCompanion.Kind.NAMES, 1, segment, segment);
        }

        assertThat(staying(plan(noons("01", "05"), count(1)), WalCompanion.Kind.NAMES))
                .containsExactly(4L, 6L, 9L);
        assertThat(staying(plan(new FactsBuilder().wal(1, 1, 9), count(1)), WalCompanion.Kind.NAMES))
                .hasSize(5);
    }
}
