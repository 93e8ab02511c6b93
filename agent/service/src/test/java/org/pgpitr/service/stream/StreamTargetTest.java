package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.stream.StreamedRepository.END;
import static org.pgpitr.service.stream.StreamedRepository.OPTIONS;
import static org.pgpitr.service.stream.StreamedRepository.SEGMENT;
import static org.pgpitr.service.stream.StreamedRepository.START;
import static org.pgpitr.service.stream.StreamedRepository.bytes;
import static org.pgpitr.service.stream.StreamedRepository.piece;
import static org.pgpitr.service.stream.StreamedRepository.received;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;

class StreamTargetTest {
    @TempDir
    private Path folder;

    private final StreamedRepository repository = new StreamedRepository();

    private static void assertConflict(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.WAL_CONFLICT));
    }

    @Test
    void what_arrives_is_stored_piece_by_piece_and_then_as_a_segment() {
        StreamTarget target = repository.target(START);
        try (ReceivedSegment received = received(bytes(1), 5000)) {
            target.put(received, START.plus(5000));
            assertThat(target.durable(received)).isEqualTo(START.plus(5000));
            received.append(ByteBuffer.wrap(bytes(1), 5000, 4000));
            target.put(received, START.plus(9000));
            assertThat(repository.stored()).containsExactly(piece(0, 5000), piece(5000, 9000));

            received.append(ByteBuffer.wrap(bytes(1), 9000, bytes(1).length - 9000));
            repository.archive(target, received);
            assertThat(repository.isArchived(SEGMENT)).isTrue();
            assertThat(repository.stored())
                    .as("as long as it is not known that all repositories have it")
                    .hasSize(2);
            target.cleanUp(received);
            assertThat(repository.stored()).isEmpty();
        }
    }

    @Test
    void less_than_a_segments_header_waits_for_more() {
        StreamTarget target = repository.target(START);
        try (ReceivedSegment received = received(bytes(1), 24)) {
            target.put(received, START.plus(24));
            assertThat(target.durable(received)).isEqualTo(START);
            assertThat(repository.stored()).isEmpty();
        }
    }

    @Test
    @DisplayName("Class 7: the stream of another cluster stores nothing")
    void the_stream_of_another_cluster_is_refused() {
        byte[] foreign = WalFiles.segment(SEGMENT, WalFiles.cluster(1, WalFiles.TWIN, Encryption.NONE), 1);
        try (ReceivedSegment received = received(foreign, 5000)) {
            assertConflict(() -> repository.target(START).put(received, START.plus(5000)));
            assertThat(repository.stored()).isEmpty();
        }
    }

    @Test
    void after_a_restart_what_is_there_is_compared_and_not_stored_again() {
        repository.piece(bytes(1), 0, 5000);
        repository.piece(bytes(1), 5000, 9000);
        StreamTarget target = repository.target(START.plus(9000));
        try (ReceivedSegment received = received(bytes(1), 9000)) {
            target.put(received, START.plus(9000));
            assertThat(target.durable(received)).isEqualTo(START.plus(9000));
            assertThat(repository.stored()).containsExactly(piece(0, 5000), piece(5000, 9000));
            received.append(ByteBuffer.wrap(bytes(1), 9000, 100));
            target.put(received, START.plus(9100));
            assertThat(repository.stored()).endsWith(piece(9000, 9100));
        }
    }

    @Test
    void after_a_restart_a_piece_that_can_not_be_compared_yet_is_waited_for() {
        repository.piece(bytes(1), 0, 9000);
        StreamTarget target = repository.target(START.plus(9500));
        try (ReceivedSegment received = received(bytes(1), 4000)) {
            target.put(received, START.plus(4000));
            assertThat(target.durable(received)).as("nothing was compared").isEqualTo(START);
            received.append(ByteBuffer.wrap(bytes(1), 4000, 5500));
            target.put(received, START.plus(9500));
            assertThat(target.durable(received)).isEqualTo(START.plus(9500));
            assertThat(repository.stored()).containsExactly(piece(0, 9000), piece(9000, 9500));
        }
    }

    @Test
    void where_the_timeline_ends_within_a_piece_its_own_part_is_stored() {
        repository.piece(bytes(1), 0, 9000);
        StreamTarget target = repository.target(START.plus(4000));
        try (ReceivedSegment received = received(bytes(1), 4000)) {
            target.put(received, START.plus(4000));
            assertThat(target.durable(received)).isEqualTo(START.plus(4000));
        }
    }

    @Test
    void a_server_that_lost_wal_it_had_streamed_is_found_out() {
        byte[] other = bytes(1);
        other[8000]++;
        repository.piece(bytes(1), 0, 5000);
        repository.piece(bytes(1), 5000, 9000);
        StreamTarget target = repository.target(START.plus(9000));
        try (ReceivedSegment received = received(other, 9000)) {
            assertConflict(() -> target.put(received, START.plus(9000)));
            received.append(ByteBuffer.wrap(other, 9000, other.length - 9000));
            assertConflict(() -> repository.archive(repository.target(END), received));
            assertThat(repository.isArchived(SEGMENT)).isFalse();
        }
    }

    @Test
    void a_segment_that_is_archived_with_other_content_is_a_conflict() {
        repository.archived(SEGMENT, bytes(2));
        try (ReceivedSegment received = received(bytes(1), bytes(1).length)) {
            assertConflict(() -> repository.archive(repository.target(END), received));
        }
    }

    @Test
    void a_segment_that_archive_push_was_faster_with_is_fine() {
        repository.archived(SEGMENT, bytes(1));
        try (ReceivedSegment received = received(bytes(1), bytes(1).length)) {
            repository.archive(repository.target(END), received);
            assertThat(repository.isArchived(SEGMENT)).isTrue();
        }
    }

    @Test
    void many_small_pieces_become_few_bigger_ones() {
        StreamTarget target = repository.target(START);
        try (ReceivedSegment received = received(bytes(1), bytes(1).length)) {
            for (int i = 1; i <= 1000; i++) {
                target.put(received, START.plus(i * 100));
                assertThat(target.durable(received)).isEqualTo(START.plus(i * 100));
                target.fold(received);
            }
            assertThat(repository.stored().size()).isLessThan(70);
            assertThat(repository.recoverable(folder)).isEqualTo(START.plus(100_000));
        }
    }

    @Test
    void a_receiver_that_may_not_delete_leaves_its_pieces() {
        ForwardingStore keeping = new ForwardingStore(repository.store) {
            @Override
            public DeleteResult delete(Collection<ObjectKey> keys) {
                return DeleteResult.denied(keys);
            }
        };
        StreamTarget target = over(keeping);
        try (ReceivedSegment received = received(bytes(1), bytes(1).length)) {
            for (int i = 1; i <= 100; i++) {
                target.put(received, START.plus(i * 100));
                target.fold(received);
            }
            assertThat(repository.stored())
                    .as("one was folded before that was found out")
                    .hasSize(101);
            assertThat(repository.recoverable(folder)).isEqualTo(START.plus(10_000));
            repository.archive(target, received);
            target.cleanUp(received);
            assertThat(repository.isArchived(SEGMENT)).isTrue();
        }
    }

    private StreamTarget over(ObjectStore store) {
        Generation generation = repository.generation;
        return new StreamTarget(
                new Generation(store, generation.layout(), generation.identity(), generation.codec()), OPTIONS, END);
    }

    /** Class 36: for every n the n-th call of the store fails; what was said to be durable is there all the same. */
    @ParameterizedTest
    @EnumSource(FaultPlan.Moment.class)
    void what_is_said_to_be_durable_is_there_whatever_fails(FaultPlan.Moment moment) {
        for (int n = 1; ; n++) {
            FaultPlan plan = FaultPlan.nth(n, moment);
            StreamTargetTest fresh = new StreamTargetTest();
            fresh.folder = folder;
            fresh.receive(plan);
            if (!plan.struck()) {
                assertThat(n).as("calls that were failed").isGreaterThan(40);
                return;
            }
        }
    }

    /** What fails ends the receiver; another one goes on where the repository ends. */
    private void receive(FaultPlan plan) {
        FaultyStore faulty = new FaultyStore(repository.store, plan);
        StreamTarget target = over(faulty);
        try (ReceivedSegment received = received(bytes(1), bytes(1).length)) {
            Lsn durable = START;
            for (int i = 1; i <= 40; i++) {
                try {
                    target.put(received, START.plus(i * 200));
                    target.fold(received);
                } catch (StorageException injected) {
                    assertThat(repository.recoverable(folder)).isGreaterThanOrEqualTo(durable);
                    target = over(faulty);
                    target.put(received, START.plus(i * 200));
                    target.fold(received);
                }
                durable = target.durable(received);
            }
            assertThat(target.durable(received)).isEqualTo(START.plus(8000));
            assertThat(repository.recoverable(folder)).isEqualTo(START.plus(8000));
            try {
                StreamedRepository.archive(StreamedRepository.over(faulty), target, received);
            } catch (StorageException injected) {
                target = over(faulty);
                StreamedRepository.archive(StreamedRepository.over(faulty), target, received);
            }
            target.cleanUp(received);
            assertThat(repository.isArchived(SEGMENT)).isTrue();
        }
    }
}
