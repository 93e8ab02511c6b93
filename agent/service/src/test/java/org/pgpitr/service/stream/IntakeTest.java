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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

class IntakeTest {
    private static final WalSegmentSize SIZE = CLUSTER.segmentSize();
    private static final int SEGMENT = SIZE.bytes();

    private final List<Intake> opened = new ArrayList<>();

    private Intake intake(StreamOptions.Pace pace, int pieceBytes) {
        Intake intake = new Intake(
                new StreamPosition(TimelineId.FIRST, START),
                CLUSTER.segmentSize(),
                new StreamOptions(
                        "s", "a", Duration.ofHours(1), pieceBytes, pace, OPTIONS.noSlot(), OPTIONS.missing()));
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

    private static void assertPart(Intake.Due due, Lsn to) {
        assertThat(due)
                .isInstanceOfSatisfying(
                        Intake.Part.class, part -> assertThat(part.to()).isEqualTo(to));
    }

    @Test
    void while_a_segment_is_being_archived_its_rest_and_what_is_behind_it_leave_in_pieces()
            throws InterruptedException, IOException {
        Intake intake = synchronous();
        append(intake, SEGMENT + 100);
        ReceivedSegment whole = intake.takeWhole().orElseThrow();
        assertThat(whole.content(START, END).length()).isEqualTo(SEGMENT);
        Intake.Due rest = intake.take();
        assertPart(rest, END);
        assertThat(rest)
                .isInstanceOfSatisfying(
                        Intake.Part.class, part -> assertThat(part.segment()).isSameAs(whole));
        assertPart(intake.take(), END.plus(100));
    }

    @Test
    void what_is_archived_need_not_leave_in_pieces() throws InterruptedException {
        Intake intake = synchronous();
        append(intake, SEGMENT + 100);
        intake.takeWhole();
        intake.archivedWhole();
        assertPart(intake.take(), END.plus(100));
    }

    @Test
    @DisplayName("Class 36: the server keeps a segment that is there in pieces alone")
    void the_end_of_a_segment_is_told_when_it_is_archived() throws InterruptedException {
        Intake intake = synchronous();
        append(intake, SEGMENT + 100);
        ReceivedSegment whole = intake.takeWhole().orElseThrow();
        intake.stored(whole, END);
        assertThat(intake.durable()).isEqualTo(new Lsn(END.value() - 1));
        intake.take();
        Intake.Part behind = (Intake.Part) intake.take();
        intake.stored(behind.segment(), END.plus(100));
        assertThat(intake.durable()).isEqualTo(new Lsn(END.value() - 1));
        assertThat(intake.awaitStored(Duration.ZERO)).isFalse();
        intake.archivedWhole();
        assertThat(intake.durable()).isEqualTo(END.plus(100));
        assertThat(intake.awaitStored(Duration.ZERO)).isTrue();
    }

    @Test
    void pieces_behind_what_is_not_durable_count_only_when_it_is() {
        Intake intake = synchronous();
        append(intake, SEGMENT + 100);
        ReceivedSegment later = ReceivedSegment.create(WalSegmentName.containing(TimelineId.FIRST, END, SIZE), SIZE);
        try (later) {
            intake.stored(later, END.plus(100));
        }
        assertThat(intake.durable()).isEqualTo(Lsn.ZERO);
        intake.archivedWhole();
        assertThat(intake.durable()).isEqualTo(END);
    }

    @Test
    void the_pieces_of_an_archived_segment_go_when_no_piece_is_due() throws InterruptedException {
        Intake intake = synchronous();
        append(intake, SEGMENT + 100);
        ReceivedSegment whole = intake.takeWhole().orElseThrow();
        intake.archivedWhole();
        assertPart(intake.take(), END.plus(100));
        assertThat(intake.take()).isEqualTo(new Intake.Archived(whole));
        intake.cleanedUp();
        intake.end();
        assertThat(intake.take()).isInstanceOf(Intake.Nothing.class);
        intake.awaitOver(Duration.ofDays(1));
        assertThat(intake.takeWhole()).isEmpty();
    }

    @Test
    void a_whole_segment_is_not_stored_in_pieces_for_its_size() throws InterruptedException {
        Intake intake = intake(StreamOptions.Pace.PERIODIC, 1000);
        append(intake, 100);
        assertPart(intake.take(), START.plus(100));
        append(intake, SEGMENT);
        ReceivedSegment whole = intake.takeWhole().orElseThrow();
        intake.archivedWhole();
        // what is behind it has not reached the size, and the interval is an hour
        assertThat(intake.take()).isEqualTo(new Intake.Archived(whole));
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
        intake.takeWhole();
        intake.archivedWhole();
        assertThat(intake.hasRoom()).as("its file is still there").isFalse();
        intake.cleanedUp();
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
    void nothing_is_durable_before_it_is_said_to_be_and_a_failure_is_told() throws InterruptedException {
        Intake intake = synchronous();
        append(intake, 100);
        assertThat(intake.durable()).isEqualTo(Lsn.ZERO);
        intake.stored(((Intake.Part) intake.take()).segment(), START.plus(60));
        assertThat(intake.durable()).isEqualTo(START.plus(60));
        intake.fail(new IllegalStateException("the store is gone"));
        intake.fail(new IllegalStateException("and so it goes on"));
        assertThatThrownBy(intake::durable).hasMessage("the store is gone");
    }
}
