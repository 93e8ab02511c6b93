package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.TimelineHistory.Ancestor;
import org.pgpitr.postgres.TimelineHistory.Stretch;

class TimelineHistoryTest {
    private static final TimelineId ONE = new TimelineId(1);
    private static final TimelineId TWO = new TimelineId(2);
    private static final TimelineId THREE = new TimelineId(3);

    private static Lsn lsn(String text) {
        return Lsn.parse(text);
    }

    @Test
    void the_file_of_a_second_promotion_is_read() {
        TimelineHistory history = TimelineHistory.parse(
                THREE, "1\t0/3000000\tno recovery target specified\n\n2\t0/5A00000\tbefore 2026-11-21 01:12:29+00\n");

        assertThat(history.ancestors())
                .containsExactly(
                        new Ancestor(ONE, lsn("0/3000000"), "no recovery target specified"),
                        new Ancestor(TWO, lsn("0/5A00000"), "before 2026-11-21 01:12:29+00"));
        assertThat(history.stretches())
                .containsExactly(
                        new Stretch(ONE, Lsn.ZERO, Optional.of(lsn("0/3000000"))),
                        new Stretch(TWO, lsn("0/3000000"), Optional.of(lsn("0/5A00000"))),
                        new Stretch(THREE, lsn("0/5A00000"), Optional.empty()));
        assertThat(history.timelineAt(lsn("0/2FFFFFF"))).isEqualTo(ONE);
        assertThat(history.timelineAt(lsn("0/3000000"))).isEqualTo(TWO);
        assertThat(history.timelineAt(lsn("F/0"))).isEqualTo(THREE);
        assertThat(history.switchPoint(ONE)).contains(lsn("0/3000000"));
        assertThat(history.switchPoint(THREE)).isEmpty();
        assertThat(history.contains(TWO, lsn("0/5A00000"))).isFalse();
        assertThat(TimelineHistory.parse(THREE, history.toString())).isEqualTo(history);
    }

    /** What PostgreSQL 17 wrote for a recovery with {@code recovery_target_timeline = 2} to a point before its fork. */
    @Test
    void a_timeline_that_left_its_ancestor_before_the_named_parent_began_was_never_on_that_parent() {
        TimelineHistory history = TimelineHistory.parse(
                THREE, "1\t0/1000000\tno recovery target specified\n\n2\t0/B5A850\tafter LSN 0/B5A810\n");

        assertThat(history.stretches())
                .containsExactly(
                        new Stretch(ONE, Lsn.ZERO, Optional.of(lsn("0/B5A850"))),
                        new Stretch(THREE, lsn("0/B5A850"), Optional.empty()));
        assertThat(history.timelineAt(lsn("0/B5A84F"))).isEqualTo(ONE);
        assertThat(history.timelineAt(lsn("0/B5A850"))).isEqualTo(THREE);
        assertThat(history.timelineAt(lsn("0/1000000"))).isEqualTo(THREE);
        assertThat(history.switchPoint(ONE)).contains(lsn("0/B5A850"));
        assertThat(history.switchPoint(TWO)).isEmpty();
        assertThat(TimelineHistory.parse(THREE, history.toString())).isEqualTo(history);
    }

    @Test
    void a_timeline_without_ancestors_is_all_there_is() {
        TimelineHistory history = TimelineHistory.parse(TWO, "# nothing\n\n");

        assertThat(history).isEqualTo(TimelineHistory.root(TWO));
        assertThat(history.stretches()).containsExactly(new Stretch(TWO, Lsn.ZERO, Optional.empty()));
        assertThat(history.timelineAt(Lsn.ZERO)).isEqualTo(TWO);
    }

    @Test
    void impossible_files_are_refused() {
        for (String text : List.of(
                "1\n",
                "x\t0/1\tr\n",
                "1\tz\tr\n",
                "2\t0/1\tr\n1\t0/2\tr\n",
                "1\t0/1\tr\n1\t0/2\tr\n",
                "3\t0/1\tr\n",
                "0\t0/1\tr\n",
                "4\t0/1\tr\n")) {
            assertThatExceptionOfType(InvalidFormatException.class)
                    .describedAs(text)
                    .isThrownBy(() -> TimelineHistory.parse(THREE, text));
        }
    }

    /** {@code tliOfPointInHistory()} asks the newest entry first whether the point lies between its own two ends. */
    @Test
    void every_point_is_on_the_timeline_that_postgresql_says() {
        long seed = 815;
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            int count = random.nextInt(5);
            List<Ancestor> ancestors = new java.util.ArrayList<>();
            for (int a = 1; a <= count; a++) {
                ancestors.add(new Ancestor(new TimelineId(a), new Lsn(1 + random.nextInt(20)), "r"));
            }
            TimelineHistory history = new TimelineHistory(new TimelineId(count + 1), ancestors);
            for (int point = 0; point < 22; point++) {
                assertThat(history.timelineAt(new Lsn(point)))
                        .describedAs("seed %d, %s at %d", seed, history, point)
                        .isEqualTo(asPostgres(history, point));
            }
        }
    }

    private static TimelineId asPostgres(TimelineHistory history, long point) {
        List<Ancestor> entries = history.ancestors();
        for (int i = entries.size(); i >= 0; i--) {
            long begin = i == 0 ? 0 : entries.get(i - 1).switchPoint().value();
            long end = i == entries.size()
                    ? Long.MAX_VALUE
                    : entries.get(i).switchPoint().value();
            if (begin <= point && point < end) {
                return i == entries.size() ? history.timeline() : entries.get(i).timeline();
            }
        }
        throw new AssertionError("no timeline at " + point);
    }
}
