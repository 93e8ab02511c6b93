package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.stream.StreamedRepository.CLUSTER;
import static org.pgpitr.service.stream.StreamedRepository.END;
import static org.pgpitr.service.stream.StreamedRepository.OPTIONS;
import static org.pgpitr.service.stream.StreamedRepository.START;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

class IntakeTest {
    private static final int SEGMENT = CLUSTER.segmentSize().bytes();

    private final List<Intake> opened = new ArrayList<>();

    private Intake intake(StreamOptions.Pace pace, int pieceBytes) {
        Intake intake = new Intake(
                new StreamPosition(TimelineId.FIRST, START),
                CLUSTER.segmentSize(),
                new StreamOptions("s", "a", Duration.ofHours(1), pieceBytes, pace, OPTIONS.missing()));
        opened.add(intake);
        return intake;
    }

    private Intake synchronous() {
        return intake(StreamOptions.Pace.SYNCHRONOUS, 1 << 20);
    }

    private static void append(Intake intake, int length) {
        intake.append(intake.received(), ByteBuffer.allocate(length));
    }

    @AfterEach
    void close() {
        opened.forEach(Intake::close);
    }

    @Test
    void all_that_arrived_meanwhile_is_the_next_piece() throws InterruptedException {
        Intake intake = synchronous();
        append(intake, 100);
        assertThat(intake.take())
                .isInstanceOfSatisfying(
                        Intake.Part.class, part -> assertThat(part.to()).isEqualTo(START.plus(100)));
        append(intake, 10);
        append(intake, 20);
        assertThat(intake.take())
                .isInstanceOfSatisfying(
                        Intake.Part.class, part -> assertThat(part.to()).isEqualTo(START.plus(130)));
    }

    @Test
    void a_whole_segment_comes_before_what_is_behind_it() throws InterruptedException, IOException {
        Intake intake = synchronous();
        append(intake, SEGMENT + 100);
        Intake.Due first = intake.take();
        assertThat(first).isInstanceOf(Intake.Whole.class);
        assertThat(first.segment().content(START, END).length()).isEqualTo(SEGMENT);
        intake.storedWhole();
        assertThat(intake.durable()).isEqualTo(END);
        assertThat(intake.take()).isInstanceOfSatisfying(Intake.Part.class, part -> {
            assertThat(part.to()).isEqualTo(END.plus(100));
            assertThat(part.segment().start()).isEqualTo(END);
        });
    }

    @Test
    void the_first_piece_leaves_at_once_and_the_second_after_the_interval_or_when_so_much_has_come()
            throws InterruptedException {
        Intake intake = intake(StreamOptions.Pace.PERIODIC, 1000);
        append(intake, 100);
        assertThat(intake.take()).isInstanceOf(Intake.Part.class);
        append(intake, 1000);
        assertThat(intake.take())
                .isInstanceOfSatisfying(
                        Intake.Part.class, part -> assertThat(part.to()).isEqualTo(START.plus(1100)));
    }

    @Test
    void at_the_end_the_rest_leaves_at_once_and_then_nothing() throws InterruptedException {
        Intake intake = intake(StreamOptions.Pace.PERIODIC, 1000);
        append(intake, 100);
        intake.take();
        append(intake, 100);
        intake.end();
        assertThat(intake.take())
                .isInstanceOfSatisfying(
                        Intake.Part.class, part -> assertThat(part.to()).isEqualTo(START.plus(200)));
        assertThat(intake.take()).isInstanceOf(Intake.Nothing.class);
    }

    @Test
    void what_waits_is_bounded() throws InterruptedException {
        Intake intake = synchronous();
        append(intake, 2 * SEGMENT - 1);
        assertThat(intake.hasRoom()).isTrue();
        append(intake, 2);
        assertThat(intake.hasRoom()).isFalse();
        intake.take();
        intake.storedWhole();
        assertThat(intake.hasRoom()).isTrue();
    }

    @Test
    void wal_that_does_not_follow_is_refused() {
        Intake intake = synchronous();
        append(intake, 100);
        assertThatThrownBy(() -> intake.append(START.plus(200), ByteBuffer.allocate(1)))
                .isInstanceOf(PgpitrException.class)
                .hasMessageContaining("where " + START.plus(100) + " comes next");
    }

    @Test
    void nothing_is_durable_before_it_is_said_to_be_and_a_failure_is_told() {
        Intake intake = synchronous();
        append(intake, 100);
        assertThat(intake.durable()).isEqualTo(Lsn.ZERO);
        intake.stored(START.plus(60));
        assertThat(intake.durable()).isEqualTo(START.plus(60));
        intake.fail(new IllegalStateException("the store is gone"));
        assertThatThrownBy(intake::durable).hasMessage("the store is gone");
    }
}
