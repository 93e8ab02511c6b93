package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.measured.Measurement;
import org.pgpitr.repository.measured.Measurements;
import org.pgpitr.storage.memory.MemoryStore;

/** A data directory as a recovery leaves it: what is renamed here is renamed for real. */
class ReplayedWalTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final String LABEL = """
            START WAL LOCATION: 0/200028 (file 000000010000000000000002)
            CHECKPOINT LOCATION: 0/200060
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-28 12:00:00 UTC
            LABEL: pgpitr
            START TIMELINE: 1
            """;

    @TempDir
    private Path data;

    @BeforeEach
    void recovering() throws IOException {
        Files.createDirectories(data.resolve("pg_wal"));
        Files.createFile(data.resolve("recovery.signal"));
        long start = Instant.now().getEpochSecond();
        Files.writeString(data.resolve("postmaster.pid"), "1\n" + data + "\n" + start + "\n5432\n");
        Files.writeString(data.resolve("label"), LABEL);
        Files.move(data.resolve("label"), data.resolve("backup_label.old"));
    }

    private void replayed(long number) throws IOException {
        place(number, number);
    }

    /** Gives a segment a name as PostgreSQL does; the change is later than all before it. */
    private void place(long content, long number) throws IOException {
        FileTime before = newestChange();
        Path file = data.resolve("pg_wal/RECOVERYXLOG");
        Files.write(file, WalFiles.segment(name(content), CLUSTER, 1));
        Path place = data.resolve("pg_wal").resolve(name(number).toString());
        do {
            Files.deleteIfExists(place);
            Files.copy(file, place);
        } while (ctime(place).compareTo(before) <= 0);
        Files.delete(file);
    }

    private FileTime newestChange() throws IOException {
        FileTime newest = ctime(data.resolve("backup_label.old"));
        try (DirectoryStream<Path> segments = Files.newDirectoryStream(data.resolve("pg_wal"))) {
            for (Path segment : segments) {
                FileTime time = ctime(segment);
                newest = time.compareTo(newest) > 0 ? time : newest;
            }
        }
        return newest;
    }

    private static FileTime ctime(Path file) throws IOException {
        return (FileTime) Files.getAttribute(file, "unix:ctime");
    }

    private static WalSegmentName name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize());
    }

    private Optional<Measurement> measure() throws IOException {
        return ReplayedWal.measure(data, "here");
    }

    @Test
    void from_the_backups_first_segment_to_the_one_that_came_last() throws IOException {
        replayed(11);
        replayed(12);

        Duration took = Duration.between(
                ctime(data.resolve("backup_label.old")).toInstant(),
                ctime(data.resolve("pg_wal").resolve(name(12).toString())).toInstant());
        assertThat(measure())
                .hasValue(new Measurement(
                        Measurement.Kind.REPLAY,
                        "here",
                        ctime(data.resolve("pg_wal").resolve(name(12).toString()))
                                .toInstant(),
                        10L << 20,
                        took));
    }

    @Test
    void a_segment_that_was_renamed_to_be_filled_anew_does_not_count() throws IOException {
        replayed(12);
        place(3, 90);

        assertThat(measure()).hasValueSatisfying(m -> assertThat(m.bytes()).isEqualTo(10L << 20));
    }

    @Test
    void a_standby_a_short_recovery_and_none_at_all_are_not_measured() throws IOException {
        replayed(5);
        assertThat(measure()).isEmpty();
        replayed(12);
        assertThat(measure()).isPresent();
        Files.createFile(data.resolve("standby.signal"));
        assertThat(measure()).isEmpty();
        Files.delete(data.resolve("standby.signal"));
        Files.delete(data.resolve("recovery.signal"));
        assertThat(measure()).isEmpty();
    }

    @Test
    void a_server_that_was_started_again_meanwhile_is_not_measured() throws IOException {
        replayed(12);
        long later = Instant.now().getEpochSecond() + 100;
        Files.writeString(data.resolve("postmaster.pid"), "1\n" + data + "\n" + later + "\n5432\n");

        assertThat(measure()).isEmpty();
    }

    @Test
    void the_note_is_left_when_the_server_asks_for_the_history_that_nobody_has() throws IOException {
        Repository repository = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1);
        Generation generation = repository.create(CLUSTER);
        ReplayNote note = new ReplayNote(List.of(repository), new WantedGeneration.Numbered(1), data);
        replayed(12);

        note.leave("000000010000000000000007", Path.of("pg_wal", "RECOVERYXLOG"));
        note.leave("00000002.history", Path.of("elsewhere"));
        assertThat(new Measurements(generation).newest(Measurement.Kind.REPLAY, 5))
                .isEmpty();
        note.leave("00000002.history", Path.of("pg_wal", "RECOVERYHISTORY"));

        assertThat(new Measurements(generation).newest(Measurement.Kind.REPLAY, 5))
                .singleElement()
                .satisfies(m -> assertThat(m.bytes()).isEqualTo(10L << 20))
                .satisfies(
                        m -> assertThat(m.finished()).isBefore(Clock.systemUTC().instant()));
    }
}
