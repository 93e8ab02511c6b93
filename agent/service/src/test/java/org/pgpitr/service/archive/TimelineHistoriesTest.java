package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.archive.TimelineHistories.Place;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

class TimelineHistoriesTest {
    private static final TimelineId THREE = new TimelineId(3);
    private static final String OF_TWO = "1\t0/A380000\tno recovery target specified\n";
    private static final String OF_THREE = OF_TWO + "2\t0/B000000\tno recovery target specified\n";

    @TempDir
    private Path directory;

    private LocalFiles local;
    private WalArchive archive;
    private TimelineHistories histories;

    @BeforeEach
    void begin() throws IOException {
        local = new LocalFiles(directory);
        archive = new WalArchive(new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 3)
                .create(WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE)));
        histories = new TimelineHistories(directory, archive);
    }

    private static WalFileName history(int timeline) {
        return new TimelineHistoryName(new TimelineId(timeline));
    }

    private static void assertFails(ExitCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(code));
    }

    @Test
    void a_timelines_history_and_those_of_its_ancestors_are_archived_and_no_others() throws IOException {
        local.file("00000002.history", OF_TWO);
        local.file("00000003.history", OF_THREE);
        local.file("00000004.history", OF_TWO);
        assertThat(histories.place(THREE)).isEqualTo(Place.LOCAL);
        assertThat(histories.archive(THREE)).isEqualTo(Place.ARCHIVED);
        assertThat(archive.read(history(3))).asString(StandardCharsets.UTF_8).isEqualTo(OF_THREE);
        assertThat(archive.read(history(2))).asString(StandardCharsets.UTF_8).isEqualTo(OF_TWO);
        assertThat(archive.contains(history(4))).isFalse();
        assertThat(histories.archive(THREE)).isEqualTo(Place.ARCHIVED);
    }

    @Test
    void an_archived_history_needs_no_local_one_and_ancestors_may_be_gone() throws IOException {
        archive.push(history(2), Content.of(OF_TWO.getBytes(StandardCharsets.UTF_8)));
        assertThat(histories.archive(new TimelineId(2))).isEqualTo(Place.ARCHIVED);
        local.file("00000003.history", OF_THREE);
        assertThat(histories.archive(THREE)).isEqualTo(Place.ARCHIVED);
    }

    @Test
    void timeline_1_has_no_history_and_any_other_one_may_be_lost() {
        assertThat(histories.place(TimelineId.FIRST)).isEqualTo(Place.ARCHIVED);
        assertThat(histories.archive(TimelineId.FIRST)).isEqualTo(Place.ARCHIVED);
        assertThat(histories.place(THREE)).isEqualTo(Place.NOWHERE);
        assertThat(histories.archive(THREE)).isEqualTo(Place.NOWHERE);
    }

    @Test
    void another_history_of_the_same_timeline_is_a_conflict() throws IOException {
        archive.push(history(3), Content.of(OF_TWO.getBytes(StandardCharsets.UTF_8)));
        local.file("00000003.history", OF_THREE);
        assertFails(ExitCode.WAL_CONFLICT, () -> histories.archive(THREE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "what is this", "9\t0/B000000\tfrom a later timeline\n"})
    void what_is_no_history_is_refused(String text) throws IOException {
        local.file("00000003.history", text);
        assertFails(ExitCode.CORRUPT, () -> histories.archive(THREE));
        assertThat(archive.contains(history(3))).isFalse();
    }
}
