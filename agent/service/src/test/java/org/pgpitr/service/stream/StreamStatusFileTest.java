package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.agent.ArchivingStatus;
import org.pgpitr.service.agent.LoneReceiver;
import org.pgpitr.service.agent.LoneReceiver.Condition;
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
        return status(Clock.systemUTC());
    }

    private ArchivingStatus status(Clock clock) {
        return ArchivingStatus.of(data, new WalSegmentSize(16 << 20), spool(), clock);
    }

    private StreamStatusFile begin() {
        return begin("mine", () -> BROKEN);
    }

    private StreamStatusFile begin(String slot, Supplier<StreamStatus> receiver) {
        return StreamStatusFile.begin(data, spool(), slot, receiver, troubles::add, Clock.systemUTC());
    }

    private void await(int receivers) throws InterruptedException {
        while (status().receivers().size() != receivers) {
            Thread.sleep(10);
        }
    }

    /** What a process that is gone wrote last. */
    private void left(Map<String, Object> facts) throws IOException {
        Map<String, Object> all =
                new HashMap<>(StatusFile.ofThisProcess(Instant.EPOCH, Instant.parse("2026-01-02T03:04:05Z")));
        all.put("process_started", "2001-01-01T00:00:00Z");
        all.put("slot", "mine");
        all.putAll(facts);
        spool().create();
        new StatusFile(spool().receiver("mine")).write(all);
    }

    @Test
    void position_lag_and_the_last_error_are_told_and_a_stream_that_is_down_is_warned_of() throws Exception {
        assertThat(status().receivers()).isEmpty();
        try (StreamStatusFile file = begin()) {
            assertThat(file).isNotNull();
            await(1);
            assertThat(status().agent()).isEmpty();
            LoneReceiver told = status().receivers().get(0);
            assertThat(told.condition()).isEqualTo(Condition.RUNNING);
            assertThat(told.facts())
                    .containsEntry("slot", "mine")
                    .containsEntry("state", "waiting")
                    .containsEntry("timeline", 2)
                    .containsEntry("durable_lsn", "0/3000100")
                    .containsEntry("lag_bytes", 0x200)
                    .containsEntry("last_error", "no answer in time");
            assertThat(status().warnings())
                    .contains("the stream is down; what has not been archived is lost with this host");
        }
        assertThat(troubles).isEmpty();
    }

    @Test
    void one_that_is_stopped_leaves_nothing_and_is_no_warning() throws Exception {
        try (StreamStatusFile file = begin()) {
            assertThat(file).isNotNull();
            await(1);
        }
        assertThat(status().receivers()).isEmpty();
        assertThat(spool().receivers()).isEmptyDirectory();
        assertThat(status().warnings()).noneMatch(each -> each.contains("pgpitr stream"));
    }

    @Test
    void one_that_died_is_a_warning_with_what_to_do() throws IOException {
        left(Map.of("state", "streaming"));

        assertThat(status().receivers())
                .singleElement()
                .extracting(LoneReceiver::condition)
                .isEqualTo(Condition.GONE);
        assertThat(status().warnings())
                .contains("`pgpitr stream` of slot \"mine\", process "
                        + ProcessHandle.current().pid()
                        + ", is gone without having been stopped, last heard of at 2026-01-02T03:04:05Z;"
                        + " what has not been archived is lost with this host (hint: start it again;"
                        + " where it is not to run any more, remove "
                        + spool().receiver("mine") + ")");
    }

    @Test
    void one_that_died_is_no_matter_where_the_agent_has_its_slot_now() throws IOException {
        left(Map.of("state", "streaming"));
        for (String slot : List.of("mine", "other")) {
            Map<String, Object> agent = StatusFile.ofThisProcess(Instant.now(), Instant.now());
            agent.put("stream", Map.of("slot", slot, "state", "streaming"));
            new StatusFile(spool().status()).write(agent);

            assertThat(status().receivers()).as(slot).hasSize(slot.equals("mine") ? 0 : 1);
        }
    }

    @Test
    void what_one_ended_for_stays_to_be_told() throws Exception {
        try (StreamStatusFile file = begin()) {
            await(1);
            file.failed(new PgpitrException(ExitCode.CHECK_FAILED, "the slot is gone", "make it"));
        }
        assertThat(status().receivers().get(0).facts())
                .containsEntry("state", "stopped")
                .containsEntry("last_error", "the slot is gone");
        left(Map.of("state", "stopped", "last_error", "the slot is gone"));
        assertThat(status().warnings())
                .anyMatch(each ->
                        each.startsWith("`pgpitr stream` of slot \"mine\" ended at 2026-01-02T03:04:05Z: the slot is"
                                + " gone (hint: mend that and start it again; "));
    }

    @Test
    void one_that_lives_and_says_nothing_is_a_warning_whichever_way_the_clock_was_set() throws Exception {
        spool().create();
        Map<String, Object> said = StatusFile.ofThisProcess(Instant.now(), Instant.now());
        said.put("slot", "mine");
        new StatusFile(spool().receiver("mine")).write(said);
        assertThat(status().receivers().get(0).condition()).isEqualTo(Condition.RUNNING);
        for (int hours : new int[] {1, -1}) {
            ArchivingStatus status = status(Clock.offset(Clock.systemUTC(), Duration.ofHours(hours)));
            assertThat(status.receivers().get(0).condition()).isEqualTo(Condition.SILENT);
            assertThat(status.warnings())
                    .anyMatch(each -> each.contains("lives and has said nothing since " + said.get("updated")));
        }
    }

    @Test
    void two_receivers_of_two_slots_do_not_take_each_others_word() throws Exception {
        try (StreamStatusFile one = begin("one", () -> BROKEN);
                StreamStatusFile two = begin("two", () -> BROKEN)) {
            assertThat(one).isNotSameAs(two);
            await(2);
            assertThat(status().receivers())
                    .extracting(receiver -> receiver.facts().get("slot"))
                    .containsExactly("one", "two");
        }
        assertThat(status().receivers()).isEmpty();
    }

    @Test
    void a_defect_in_between_is_told_once_and_does_not_silence_it() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (StreamStatusFile file = begin("mine", () -> {
            if (asked.incrementAndGet() <= 2) {
                throw new IllegalStateException("for a test");
            }
            return BROKEN;
        })) {
            assertThat(file).isNotNull();
            await(1);
        }
        assertThat(troubles).singleElement().asString().contains("a defect in pgpitr", "for a test");
    }

    @Test
    void what_is_cut_off_says_nothing_and_does_no_harm() throws IOException {
        spool().create();
        for (String torn : new String[] {"", "{\"pid\": 12", "nonsense"}) {
            Files.writeString(spool().receiver("mine"), torn);
            assertThat(status().receivers()).as(torn).isEmpty();
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
        return status().receivers().stream()
                .map(each -> each.facts().get("updated").toString())
                .findFirst();
    }
}
