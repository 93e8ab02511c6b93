package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** Runs of a verification: with and without a key, in parts, continued, limited. */
class VerifyTaskTest {
    private static final String FIRST = "20261121T010000Z";
    private static final String SECOND = "20261121T020000Z";

    @TempDir
    private Path folder;

    /** Notes which lanes' and WAL objects are opened, and may fail at one of them. */
    private static final class WatchedStore extends ForwardingStore {
        final Set<String> opened = new ConcurrentSkipListSet<>();
        volatile String failing = "nothing";

        WatchedStore(ObjectStore store) {
            super(store);
        }

        @Override
        public Optional<InputStream> open(ObjectKey key) {
            if (key.value().contains(failing)) {
                throw new StorageException(StorageException.Kind.UNAVAILABLE, "no answer for " + key);
            }
            opened.add(key.value());
            return super.open(key);
        }

        Set<String> content() {
            Set<String> content = new TreeSet<>(opened);
            content.removeIf(key -> !key.contains("/data/") && !key.contains("/wal/"));
            return content;
        }
    }

    private static MadeRepository small(Encryption encryption) {
        MadeRepository made = new MadeRepository(encryption);
        made.files.put("base/5/big", MadeRepository.random(5, 300_000));
        return made;
    }

    private static MadeRepository sound(Encryption encryption) {
        MadeRepository made = small(encryption);
        made.archive(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);
        return made;
    }

    private static VerifyReport verify(Repository repository, VerifyOptions options) {
        return new VerifyTask(repository, options, Progress.NONE, MadeRepository.CLOCK).run();
    }

    private static Set<String> content(MadeRepository made) {
        Set<String> content = new TreeSet<>();
        made.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains("/data/") || key.contains("/wal/"))
                .forEach(content::add);
        return content;
    }

    @Test
    void an_encrypted_repository_is_verified_with_its_key() {
        MadeRepository made = sound(Encryption.AGE);

        VerifyReport report = made.verify(new Depth.Full());

        assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.OK);
        assertThat(report.generations().get(0).verified().files()).isEqualTo(12);
        made.flip(made.generation.layout().data(FIRST, 0, 0));
        assertThat(made.verify(new Depth.Full()).exitCode()).isEqualTo(ExitCode.CORRUPT);
    }

    @Test
    void without_a_key_it_is_said_what_was_not_verified_and_that_is_no_success() {
        MadeRepository made = sound(Encryption.AGE);

        for (Depth depth : List.of(new Depth.Quick(), new Depth.Full())) {
            VerifyReport report = verify(made.withoutIdentity(), MadeRepository.options(depth));

            assertThat(report.exitCode()).isEqualTo(ExitCode.NO_KEY);
            assertThat(report.generations().get(0).findings())
                    .extracting(Finding::message)
                    .allMatch(message -> message.startsWith("not verified: "))
                    .anyMatch(message -> message.contains("manifests and content of 2 backups"))
                    .anyMatch(message -> message.contains("content of 7 archived WAL files"));
        }
    }

    @Test
    void without_a_key_gaps_in_the_names_and_broken_headers_are_found_all_the_same() {
        MadeRepository made = new MadeRepository(Encryption.AGE);
        made.archive(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.lose(made.key(MadeRepository.segment(1, 4)));
        VerifyReport hole = verify(made.withoutIdentity(), MadeRepository.options(new Depth.Quick()));
        assertThat(hole.exitCode()).isEqualTo(ExitCode.TARGET_UNREACHABLE);
        assertThat(hole.generations().get(0).findings())
                .anyMatch(finding -> finding.message().startsWith("WAL segment 000000010000000000000004 is missing"));

        made.lose(made.generation.layout().data(FIRST, 0, 0));
        made.flip(made.key(MadeRepository.segment(1, 6)), 5);
        VerifyReport damage = verify(made.withoutIdentity(), MadeRepository.options(new Depth.Full()));
        assertThat(damage.exitCode()).isEqualTo(ExitCode.CORRUPT);
        assertThat(damage.generations().get(0).findings())
                .extracting(Finding::kind)
                .contains("object_missing", "wal_damaged", "wal_missing", "not_decrypted");
    }

    private static MadeRepository ofManySegments(Encryption encryption) {
        MadeRepository made = small(encryption);
        made.archive(made.wal(250).fill(520));
        made.backup(FIRST, 1, 251, 252);
        made.backup(SECOND, 1, 255, 256);
        return made;
    }

    /** Runs of several hosts, one after the other: each reads a part, and all of them read all. */
    @Test
    void as_many_samples_as_there_are_parts_see_everything() {
        MadeRepository made = ofManySegments(Encryption.NONE);
        Set<String> seen = new TreeSet<>();
        List<GenerationReport.Part> parts = new ArrayList<>();

        for (int run = 0; run < 4; run++) {
            WatchedStore host = new WatchedStore(made.store);
            VerifyReport report = verify(made.repository(host), MadeRepository.options(Depth.sample(30)));
            assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.OK);
            assertThat(host.content()).isNotEqualTo(content(made));
            seen.addAll(host.content());
            parts.add(report.generations().get(0).part().orElseThrow());
        }

        assertThat(seen).isEqualTo(content(made));
        assertThat(parts)
                .containsExactly(
                        new GenerationReport.Part(1, 4, 1),
                        new GenerationReport.Part(2, 4, 1),
                        new GenerationReport.Part(3, 4, 1),
                        new GenerationReport.Part(4, 4, 1));
        assertThat(verify(made.repository(made.store), MadeRepository.options(Depth.sample(30)))
                        .generations()
                        .get(0)
                        .part())
                .contains(new GenerationReport.Part(1, 4, 2));
    }

    /** Without a key the beginnings of WAL objects are looked at: no part of a round that is to read everything. */
    @Test
    void a_sample_without_a_key_takes_no_part_of_those_that_can_read() {
        MadeRepository made = ofManySegments(Encryption.AGE);
        Set<String> seen = new TreeSet<>();
        List<GenerationReport.Part> keyless = new ArrayList<>();

        for (int run = 0; run < 4; run++) {
            VerifyReport without = verify(made.withoutIdentity(), MadeRepository.options(Depth.sample(30)));
            assertThat(without.exitCode()).isEqualTo(ExitCode.NO_KEY);
            keyless.add(without.generations().get(0).part().orElseThrow());
            WatchedStore host = new WatchedStore(made.store);
            VerifyReport report = verify(made.repository(host), MadeRepository.options(Depth.sample(30)));
            assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.OK);
            assertThat(report.generations().get(0).part()).contains(new GenerationReport.Part(run + 1, 4, 1));
            seen.addAll(host.content());
        }

        assertThat(seen).isEqualTo(content(made));
        assertThat(keyless).extracting(GenerationReport.Part::number).containsExactly(1, 2, 3, 4);
    }

    @Test
    void a_run_with_a_key_does_not_go_on_where_one_without_ended() {
        MadeRepository made = sound(Encryption.AGE);
        VerifyOptions options = MadeRepository.options(new Depth.Full(), Optional.of(folder));
        Progress dies = new Progress() {
            @Override
            public void begin(String what, long totalBytes) {}

            @Override
            public void advance(long bytes) {}

            @Override
            public void end() {
                throw new IllegalStateException("killed when all was looked at");
            }

            @Override
            public void say(String line) {}
        };
        assertThatThrownBy(() -> new VerifyTask(made.withoutIdentity(), options, dies, MadeRepository.CLOCK).run())
                .hasMessage("killed when all was looked at");
        assertThat(verify(made.withoutIdentity(), options).generations().get(0).continued())
                .as("without a key, as before")
                .isPositive();
        assertThatThrownBy(() -> new VerifyTask(made.withoutIdentity(), options, dies, MadeRepository.CLOCK).run())
                .hasMessage("killed when all was looked at");
        WatchedStore store = new WatchedStore(made.store);

        VerifyReport report = verify(made.repository(store), options);

        assertThat(report.generations().get(0).continued()).isZero();
        assertThat(store.content()).isEqualTo(content(made));
    }

    @Test
    void a_sample_finds_in_one_round_what_is_damaged() {
        MadeRepository made = sound(Encryption.NONE);
        made.flip(made.generation.layout().data(SECOND, 1, 0));
        Set<ExitCode> codes = new TreeSet<>();

        for (int run = 0; run < 2; run++) {
            codes.add(made.verify(Depth.sample(50)).exitCode());
        }

        assertThat(codes).contains(ExitCode.CORRUPT);
    }

    @Test
    void the_part_of_an_interrupted_sample_is_taken_up_before_the_round_ends() {
        MadeRepository made = sound(Encryption.NONE);
        WatchedStore broken = new WatchedStore(made.store);
        broken.failing = "/";
        Rotation rotation = new Rotation(made.generation, "all", 3, MadeRepository.CLOCK);
        Rotation.Turn interrupted = rotation.next();

        List<Rotation.Turn> turns = new ArrayList<>();
        for (int run = 0; run < 4; run++) {
            Rotation.Turn turn = rotation.next();
            turns.add(turn);
            rotation.done(turn);
        }

        assertThat(interrupted).isEqualTo(new Rotation.Turn(0, 0));
        assertThat(turns)
                .containsExactly(
                        new Rotation.Turn(0, 1),
                        new Rotation.Turn(0, 2),
                        new Rotation.Turn(0, 0),
                        new Rotation.Turn(1, 0));
    }

    @Test
    void an_interrupted_run_is_continued_and_does_not_read_again_what_was_sound() throws IOException {
        MadeRepository made = sound(Encryption.NONE);
        WatchedStore store = new WatchedStore(made.store);
        store.failing = "/wal/";
        VerifyOptions options = MadeRepository.options(new Depth.Full(), Optional.of(folder));
        assertThatThrownBy(() -> verify(made.repository(store), options)).isInstanceOf(StorageException.class);
        store.failing = "nothing";
        store.opened.clear();

        VerifyReport report = verify(made.repository(store), options);

        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(report.generations().get(0).continued()).isPositive();
        assertThat(store.content())
                .isNotEqualTo(content(made))
                .contains(made.key(MadeRepository.segment(1, 2)).value());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("a run that came to its end leaves nothing").isEmpty();
        }
        store.opened.clear();
        verify(made.repository(store), options);
        assertThat(store.content()).isEqualTo(content(made));
    }

    @Test
    void damage_that_the_interrupted_run_found_is_found_again() {
        MadeRepository made = sound(Encryption.NONE);
        made.flip(made.generation.layout().data(FIRST, 1, 0));
        WatchedStore store = new WatchedStore(made.store);
        store.failing = "/wal/";
        VerifyOptions options = MadeRepository.options(new Depth.Full(), Optional.of(folder));
        assertThatThrownBy(() -> verify(made.repository(store), options)).isInstanceOf(StorageException.class);
        store.failing = "nothing";

        assertThat(verify(made.repository(store), options).exitCode()).isEqualTo(ExitCode.CORRUPT);
    }

    @Test
    void notes_that_are_old_or_of_something_else_are_not_believed() {
        List<String> arguments = List.of("a");
        try (RunState first = RunState.open(folder, arguments, Progress.NONE, MadeRepository.CLOCK)) {
            first.done("wal/1 16 100");
            first.begin(new Rotation.Turn(3, 7));
            assertThatThrownBy(() -> RunState.open(folder, arguments, Progress.NONE, MadeRepository.CLOCK))
                    .isInstanceOfSatisfying(
                            PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
        }
        try (RunState same = RunState.open(folder, arguments, Progress.NONE, MadeRepository.CLOCK);
                RunState other = RunState.open(folder, List.of("b"), Progress.NONE, MadeRepository.CLOCK)) {
            assertThat(same.isDone("wal/1 16 100")).isTrue();
            assertThat(same.isDone("wal/1 17 120")).isFalse();
            assertThat(same.turn()).contains(new Rotation.Turn(3, 7));
            assertThat(other.isDone("wal/1 16 100")).isFalse();
        }
        Clock later = Clock.offset(MadeRepository.CLOCK, RunState.VALIDITY.plus(Duration.ofMinutes(1)));
        try (RunState old = RunState.open(folder, arguments, Progress.NONE, later)) {
            assertThat(old.isDone("wal/1 16 100")).isFalse();
        }
    }

    @Test
    void a_folder_that_can_not_be_written_costs_the_continuing_only() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        MadeRepository made = sound(Encryption.NONE);
        List<String> said = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void begin(String what, long totalBytes) {}

            @Override
            public void advance(long bytes) {}

            @Override
            public void end() {}

            @Override
            public void say(String line) {
                said.add(line);
            }
        };

        VerifyReport report = new VerifyTask(
                        made.repository(made.store),
                        MadeRepository.options(new Depth.Full(), Optional.of(file)),
                        progress,
                        MadeRepository.CLOCK)
                .run();

        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(said).singleElement().asString().startsWith("can't note in " + file);
    }

    @Test
    void one_backup_is_verified_with_the_wal_behind_it_alone() {
        MadeRepository made = small(Encryption.NONE);
        made.archive(made.wal(250).fill(520));
        made.backup(FIRST, 1, 251, 252);
        made.backup(SECOND, 1, 600, 601);
        made.flip(made.generation.layout().data(FIRST, 0, 0));
        made.lose(made.key(MadeRepository.segment(1, 300)));
        WatchedStore store = new WatchedStore(made.store);
        VerifyOptions options = new VerifyOptions(
                new Depth.Full(),
                OptionalInt.empty(),
                Optional.of(BackupId.parse(SECOND)),
                Optional.empty(),
                Optional.empty(),
                2,
                Optional.empty());

        VerifyReport report = verify(made.repository(store), options);

        assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.OK);
        assertThat(store.content())
                .contains(made.key(MadeRepository.segment(1, 769)).value())
                .doesNotContain(made.key(MadeRepository.segment(1, 499)).value());
        assertThatThrownBy(() -> verify(
                        made.repository(store),
                        new VerifyOptions(
                                new Depth.Quick(),
                                OptionalInt.empty(),
                                Optional.of(BackupId.parse("20200101T000000Z")),
                                Optional.empty(),
                                Optional.empty(),
                                2,
                                Optional.empty())))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }

    @Test
    void what_is_older_is_passed_over() {
        MadeRepository made = sound(Encryption.NONE);
        made.flip(made.generation.layout().data(FIRST, 0, 0));
        VerifyOptions options = new VerifyOptions(
                new Depth.Full(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(Instant.parse("2026-11-21T01:30:00Z")),
                Optional.empty(),
                2,
                Optional.empty());

        VerifyReport report = verify(made.repository(made.store), options);

        assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.OK);
        assertThat(report.generations().get(0).verified().backups()).isEqualTo(1);
        assertThat(report.generations().get(0).verified().walFiles()).isEqualTo(7);
        assertThatThrownBy(() -> new VerifyOptions(
                        Depth.sample(5),
                        OptionalInt.empty(),
                        Optional.empty(),
                        options.since(),
                        Optional.empty(),
                        2,
                        Optional.empty()))
                .hasMessageContaining("can't be limited by time");
    }

    private static VerifyOptions since(Depth depth, String since) {
        return new VerifyOptions(
                depth,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(Instant.parse(since)),
                Optional.empty(),
                2,
                Optional.empty());
    }

    /** All WAL here was archived at twelve, and both backups ended in the night. */
    @Test
    void a_hole_in_what_was_archived_since_is_told_also_where_no_backup_ended_since() {
        for (Encryption encryption : Encryption.values()) {
            MadeRepository made = small(encryption);
            made.archive(made.wal(2).fill(8));
            made.backup(FIRST, 1, 2, 3);
            made.backup(SECOND, 1, 5, 6);
            made.lose(made.key(MadeRepository.segment(1, 8)));
            for (Depth depth : List.of(new Depth.Quick(), new Depth.Full())) {
                VerifyOptions before = since(depth, "2026-11-21T11:00:00Z");
                VerifyReport report = verify(made.repository(made.store), before);
                assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.TARGET_UNREACHABLE);
                assertThat(report.generations().get(0).findings())
                        .singleElement()
                        .satisfies(finding -> {
                            assertThat(finding.kind()).isEqualTo("wal_missing");
                            assertThat(finding.message()).contains("WAL segment 000000010000000000000008 is missing");
                        });
                assertThat(report.generations().get(0).verified().backups()).isZero();

                VerifyReport behind = verify(made.repository(made.store), since(depth, "2026-11-21T12:30:00Z"));
                assertThat(behind.exitCode()).as("%s", behind).isEqualTo(ExitCode.OK);
            }
            if (encryption == Encryption.AGE) {
                assertThat(verify(made.withoutIdentity(), since(new Depth.Quick(), "2026-11-21T11:00:00Z"))
                                .exitCode())
                        .as("by the names alone")
                        .isEqualTo(ExitCode.TARGET_UNREACHABLE);
            }
        }
    }

    @Test
    void an_old_backup_without_its_last_wal_is_passed_over_with_all_that_is_older() {
        MadeRepository made = small(Encryption.NONE);
        made.archive(made.wal(2).fill(3));
        made.backup(FIRST, 1, 2, 6);

        assertThat(verify(made.repository(made.store), since(new Depth.Quick(), "2026-11-21T01:30:00Z"))
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        assertThat(verify(made.repository(made.store), since(new Depth.Quick(), "2026-11-21T01:00:30Z"))
                        .exitCode())
                .isEqualTo(ExitCode.TARGET_UNREACHABLE);
    }

    /** As the retention's {@code wal} has it: older backups keep only the WAL that makes them consistent. */
    @Test
    void wal_that_the_retention_lets_go_is_no_hole_and_any_other_is() {
        MadeRepository made = small(Encryption.NONE);
        made.archive(made.wal(2).fill(9));
        made.backup("20261001T010000Z", 1, 2, 3);
        made.backup("20261020T010000Z", 1, 5, 6);
        made.backup(SECOND, 1, 8, 8);
        made.lose(made.key(MadeRepository.segment(1, 4)));
        VerifyOptions options = new VerifyOptions(
                new Depth.Quick(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ofDays(30)),
                2,
                Optional.empty());

        VerifyReport report = verify(made.repository(made.store), options);

        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(report.generations().get(0).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo("wal_expired");
            assertThat(finding.message()).contains("which keeps WAL for 30 days", "no moment from 0/400000 on");
        });
        assertThat(made.verify(new Depth.Quick()).exitCode())
                .as("without a retention")
                .isEqualTo(ExitCode.TARGET_UNREACHABLE);

        made.lose(made.key(MadeRepository.segment(1, 7)));
        assertThat(verify(made.repository(made.store), options).exitCode())
                .as("moments of the last 30 days are lost")
                .isEqualTo(ExitCode.TARGET_UNREACHABLE);
        made.archive(made.wal(2).fill(9));
        made.lose(made.key(MadeRepository.segment(1, 3)));
        assertThat(verify(made.repository(made.store), options).exitCode())
                .as("a backup can't become consistent")
                .isEqualTo(ExitCode.TARGET_UNREACHABLE);
    }

    @Test
    void a_store_that_does_not_answer_is_an_error_and_no_finding() {
        MadeRepository made = sound(Encryption.NONE);
        WatchedStore store = new WatchedStore(made.store);
        store.failing = "data/0001";

        assertThatThrownBy(() -> verify(made.repository(store), MadeRepository.options(new Depth.Full())))
                .isInstanceOf(StorageException.class);
    }

    @Test
    void workers_that_the_heap_does_not_hold_are_refused() {
        Memory.require(WalSegmentSize.DEFAULT, 4, 480L << 20);
        assertThatThrownBy(() -> Memory.require(new WalSegmentSize(1 << 30), 1, 480L << 20))
                .hasMessage("1 worker needs 1112 MB of heap for segments of 1GB, and Java may take 480 MB");
    }
}
