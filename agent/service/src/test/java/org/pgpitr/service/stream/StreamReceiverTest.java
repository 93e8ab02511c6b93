package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultPlan.Span;
import org.pgpitr.storage.faults.FaultyStore;

class StreamReceiverTest {
    private static Repository failing(Kind kind) {
        FaultPlan plan = FaultPlan.nth(1, Moment.BEFORE).as(kind).lasting(Span.FROM_THEN_ON);
        return StreamedRepository.over(new FaultyStore(new StreamedRepository().store, plan));
    }

    private static Throwable pushed(Repository... repositories) {
        return catchThrowable(() -> new ArchivePush(List.of(repositories), Path.of(""))
                .push(StreamedRepository.SEGMENT, Content.of(StreamedRepository.bytes(1))));
    }

    @Test
    void a_stream_waits_for_repositories_only_where_the_failure_of_each_passes_by_itself() {
        Repository works = new StreamedRepository().repository;
        Repository away = failing(Kind.UNAVAILABLE);
        Repository denied = failing(Kind.ACCESS_DENIED);

        assertThat(pushed(works, away)).matches(StreamReceiver::passes);
        assertThat(pushed(failing(Kind.UNAVAILABLE), away)).matches(StreamReceiver::passes);
        for (Throwable ends : List.of(pushed(works, denied), pushed(away, denied), pushed(denied, away))) {
            assertThat(ends)
                    .isInstanceOfSatisfying(
                            PgpitrException.class,
                            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.STORAGE_UNAVAILABLE));
            assertThat(StreamReceiver.passes(ends)).isFalse();
        }
    }
}
