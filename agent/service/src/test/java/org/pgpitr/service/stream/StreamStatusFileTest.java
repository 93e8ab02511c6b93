package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.agent.ArchivingStatus;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;
import org.pgpitr.service.stream.StreamStatus.State;

/** What a receiver without an agent tells, as `pgpitr status` reads it. */
class StreamStatusFileTest {
    private static final StreamPosition DURABLE = new StreamPosition(new TimelineId(2), new Lsn(0x3000100));

    private static final StreamStatus BROKEN = new StreamStatus(
            State.WAITING,
            Optional.of(new StreamPosition(new TimelineId(2), new Lsn(0x3000200))),
            Optional.of(new Lsn(0x3000300)),
            Optional.of(DURABLE),
            Optional.of(Instant.EPOCH),
            Optional.of(Instant.EPOCH),
            1,
            Optional.of(new StreamStatus.Failure(Instant.EPOCH, "no answer in time")));

    @TempDir
    private Path folder;

    private Path data;
    private final List<String> troubles = new ArrayList<>();

    @BeforeEach
    void a_data_directory() throws IOException {
        data = folder.resolve("data");
        Files.createDirectories(data.resolve("pg_wal/archive_status"));
    }

    private Spool spool() {
        return new Spool(folder.resolve("spool"), data);
    }

    private ArchivingStatus status() {
        return ArchivingStatus.of(data, new WalSegmentSize(16 << 20), spool(), Clock.systemUTC());
    }

    private StreamStatusFile begin() {
        return StreamStatusFile.begin(data, spool(), "mine", () -> BROKEN, troubles::add, Clock.systemUTC());
    }

    @Test
    void position_lag_and_the_last_error_are_told_and_a_stream_that_is_down_is_warned_of() throws Exception {
        assertThat(status().stream()).isEmpty();
        try (StreamStatusFile file = begin()) {
            assertThat(file).isNotNull();
            while (status().stream().isEmpty()) {
                Thread.sleep(10);
            }
        }
        assertThat(status().agent()).isEmpty();
        assertThat(status().stream())
                .hasValueSatisfying(facts -> assertThat(facts)
                        .containsEntry("slot", "mine")
                        .containsEntry("state", "waiting")
                        .containsEntry("timeline", 2)
                        .containsEntry("durable_lsn", "0/3000100")
                        .containsEntry("lag_bytes", 0x200)
                        .containsEntry("last_error", "no answer in time"));
        assertThat(status().warnings())
                .contains("the stream is down; what has not been archived is lost with this host");
        assertThat(troubles).isEmpty();
    }

    @Test
    void what_a_receiver_wrote_that_died_is_not_believed() throws IOException {
        spool().create();
        long pid = ProcessHandle.current().pid();
        new StatusFile(spool().stream())
                .write(Map.of("pid", pid, "process_started", "2001-01-01T00:00:00Z", "state", "streaming"));

        assertThat(status().stream()).isEmpty();
    }

    @Test
    void what_is_cut_off_says_nothing_and_does_no_harm() throws IOException {
        spool().create();
        for (String torn : new String[] {"", "{\"pid\": 12", "nonsense"}) {
            Files.writeString(spool().stream(), torn);
            assertThat(status().stream()).as(torn).isEmpty();
        }
    }

    @Test
    void a_spool_that_can_not_be_made_is_told_once_and_ends_nothing() throws IOException {
        Files.createFile(folder.resolve("spool"));

        begin().close();

        assertThat(troubles)
                .singleElement()
                .asString()
                .startsWith("`pgpitr status` does not tell of this receiver: can't make the spool ");
    }

    @Test
    void it_is_written_again_and_again() throws Exception {
        try (StreamStatusFile file = begin()) {
            assertThat(file).isNotNull();
            while (updated().isEmpty()) {
                Thread.sleep(10);
            }
            String first = updated().orElseThrow();
            while (updated().orElseThrow().equals(first)) {
                Thread.sleep(Duration.ofMillis(50).toMillis());
            }
        }
    }

    private Optional<String> updated() {
        return status().stream().map(facts -> facts.get("updated").toString());
    }
}
