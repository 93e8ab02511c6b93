package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.stream.StreamedRepository.CLUSTER;
import static org.pgpitr.service.stream.StreamedRepository.OPTIONS;
import static org.pgpitr.service.stream.StreamedRepository.SEGMENT;
import static org.pgpitr.service.stream.StreamedRepository.START;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;

class GenerationWatchTest {
    private static final ClusterIdentity UPGRADED = WalFiles.cluster(2, WalFiles.CLUSTER, Encryption.NONE);
    private static final Duration SOON = Duration.ofMillis(5);
    private static final byte[] WAL = StreamedRepository.bytes(1);

    private final StreamedRepository streamed = new StreamedRepository();

    private static Intake intake() {
        return new Intake(new StreamPosition(TimelineId.FIRST, START), CLUSTER.segmentSize(), OPTIONS);
    }

    private static Storing storing(Intake intake, Repository repository, Generation generation) {
        return new Storing(
                intake,
                List.of(new StreamTarget(generation, OPTIONS, START)),
                new ArchivePush(List.of(repository), Path.of("")),
                new GenerationWatch(List.of(repository), List.of(generation), SOON));
    }

    private static void receive(Intake intake, int length) throws InterruptedException {
        intake.append(START, ByteBuffer.wrap(WAL, 0, length));
        while (intake.durable().isBefore(START.plus(length))) {
            intake.pause(intake.durable(), Duration.ofMillis(10));
        }
    }

    private static void awaitEnd(Intake intake) {
        assertThatThrownBy(() -> {
                    while (true) {
                        intake.pause(intake.durable(), Duration.ofMillis(10));
                    }
                })
                .isInstanceOf(NewGenerationException.class)
                .hasMessageContaining("went to generation 1, and there is generation 2 of cluster \"main\" in ");
    }

    @Test
    void a_stream_that_outlives_an_upgrade_ends_and_the_next_one_leaves_none_of_its_segment_out() throws Exception {
        Repository repository = streamed.repository;
        try (Intake intake = intake();
                Storing storing = storing(intake, repository, streamed.generation)) {
            receive(intake, 100);
            Thread.sleep(SOON.multipliedBy(4).toMillis());
            assertThat(intake.durable()).as("as long as there is none").isEqualTo(START.plus(100));
            repository.create(UPGRADED);
            awaitEnd(intake);
        }
        assertThat(streamed.stored()).hasSize(1);

        Generation upgraded = repository.current();
        Lsn slot = START.plus(100);
        assertThat(new StreamStart(TimelineHistory.root(TimelineId.FIRST), CLUSTER.segmentSize(), slot)
                        .in(List.of(upgraded), StreamOptions.OnMissing.REQUIRE))
                .isEqualTo(new StreamPosition(TimelineId.FIRST, START));
        try (Intake intake = intake();
                Storing storing = storing(intake, repository, upgraded)) {
            receive(intake, 150);
        }
        assertThat(new StreamArchive(upgraded).pieces(SEGMENT)).containsExactly(StreamedRepository.piece(0, 150));
    }

    @Test
    void a_look_that_the_store_does_not_answer_ends_nothing_and_the_next_one_asks_again() {
        streamed.repository.create(UPGRADED);
        FaultPlan once = FaultPlan.nth(StoreOperation.OPEN, 1, Moment.BEFORE);
        Repository faulty = StreamedRepository.over(new FaultyStore(streamed.store, once));
        try (Intake intake = intake();
                Storing storing = storing(intake, faulty, streamed.generation)) {
            awaitEnd(intake);
        }
        assertThat(once.struck()).isTrue();
    }
}
