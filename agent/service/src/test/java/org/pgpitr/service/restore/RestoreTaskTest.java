package org.pgpitr.service.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.local.LocalDiskStore;
import org.pgpitr.storage.memory.MemoryStore;

class RestoreTaskTest {
    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = RestoreFixture.generation(store, Encryption.NONE);

    private static void assertFails(ExitCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).as("%s", e).isEqualTo(code);
            assertThat(e.getMessage()).contains(message);
            assertThat(e.hint()).isPresent();
        });
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, NONE, 1", "2, NONE, 3", "3, AGE, 2", "4, NONE, 8"})
    void a_restored_directory_is_the_one_that_was_backed_up(long seed, Encryption encryption, int workers)
            throws Exception {
        RestoreFixture fixture = RestoreFixture.dataDirectory(seed);
        Path into = folder.resolve("a/b/data");
        try (LocalDiskStore disk = LocalDiskStore.create(folder.resolve("repository"))) {
            Generation onDisk = RestoreFixture.generation(disk, encryption);
            BackupSummary backup = fixture.store(onDisk);
            RestoreOptions o = RestoreFixture.options(into);
            RestoreOptions options = new RestoreOptions(
                    into, Map.of(), workers, o.restoreCommand(), o.targetAction(), o.mode(), o.archiving(), o.owner());

            RestoreResult result = new RestoreTask(
                            onDisk, RestoreFixture.plan(backup), options, Progress.NONE, RestoreFixture.CLOCK)
                    .run();

            assertThat(result.files()).isEqualTo(backup.files());
            assertThat(result.bytes()).isEqualTo(backup.originalBytes());
        }
        RestoredTree.assertIs(fixture, into);
    }

    @Test
    void an_empty_directory_is_restored_into() throws Exception {
        RestoreFixture fixture = RestoreFixture.dataDirectory(5);
        BackupSummary backup = fixture.store(generation);
        Path into = Files.createDirectory(folder.resolve("data"));
        RestoreFixture.restore(generation, backup, into);
        RestoredTree.assertIs(fixture, into);
    }

    @Test
    void recovery_settings_are_written_and_earlier_ones_are_gone() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(6).store(generation);
        Path into = folder.resolve("data");
        RestoreFixture.restore(generation, backup, into);
        assertThat(into.resolve("recovery.signal")).isEmptyFile();
        assertThat(into.resolve("standby.signal")).doesNotExist();
        assertThat(Files.readString(into.resolve("postgresql.auto.conf")))
                .contains("work_mem = '64MB'\n")
                .contains("restore_command = 'pgpitr archive-get %f %p'\n")
                .contains("recovery_target_timeline = '1'\n")
                .doesNotContain("'old'");
    }

    @Test
    void a_standby_gets_its_signal_file() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(7).store(generation);
        Path into = folder.resolve("data");
        RestoreOptions options = new RestoreOptions(
                into,
                Map.of(),
                2,
                "x",
                Optional.empty(),
                RestoreOptions.Mode.STANDBY,
                RestoreOptions.Archiving.OFF,
                Optional.empty());
        new RestoreTask(generation, RestoreFixture.plan(backup), options, Progress.NONE, RestoreFixture.CLOCK).run();
        assertThat(into.resolve("standby.signal")).isEmptyFile();
        assertThat(into.resolve("recovery.signal")).doesNotExist();
        assertThat(Files.readString(into.resolve("postgresql.auto.conf")))
                .contains("recovery_target_timeline = 'latest'\n")
                .contains("archive_mode = 'off'\n");
    }

    @Test
    void progress_tells_the_whole_size_and_reaches_it() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(8).store(generation);
        AtomicLong total = new AtomicLong();
        AtomicLong done = new AtomicLong();
        List<String> steps = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void begin(String what, long totalBytes) {
                steps.add("begin " + what);
                total.set(totalBytes);
            }

            @Override
            public void advance(long bytes) {
                done.addAndGet(bytes);
            }

            @Override
            public void end() {
                steps.add("end");
            }

            @Override
            public void say(String line) {
                steps.add(line);
            }
        };
        new RestoreTask(
                        generation,
                        RestoreFixture.plan(backup),
                        RestoreFixture.options(folder.resolve("data")),
                        progress,
                        RestoreFixture.CLOCK)
                .run();
        assertThat(total).hasValue(backup.originalBytes());
        assertThat(done).hasValue(backup.originalBytes());
        assertThat(steps).containsExactly("begin restoring", "end");
    }

    @Test
    void tablespaces_go_where_they_are_mapped_by_name_or_number_or_where_they_were() throws Exception {
        Path original = folder.resolve("original");
        RestoreFixture fixture = RestoreFixture.dataDirectory(9)
                .withTablespace(16385, "fast", "/nowhere/fast")
                .withTablespace(16386, "slow", "/nowhere/slow")
                .withTablespace(16387, "same", original.toString())
                .withTablespace(16388, "inside", "pg_tblspc/16388");
        BackupSummary backup = fixture.store(generation);
        Path into = folder.resolve("data");
        Path fast = folder.resolve("ts/fast");
        Path slow = Files.createDirectory(folder.resolve("slow"));
        RestoreOptions options =
                RestoreFixture.withTablespaces(RestoreFixture.options(into), Map.of("fast", fast, "16386", slow));

        RestoreResult result = new RestoreTask(
                        generation, RestoreFixture.plan(backup), options, Progress.NONE, RestoreFixture.CLOCK)
                .run();

        assertThat(result.tablespaces()).isEqualTo(Map.of(16385L, fast, 16386L, slow, 16387L, original));
        RestoredTree.assertIs(fixture, into);
        assertThat(Files.readSymbolicLink(into.resolve("pg_tblspc/16385"))).isEqualTo(fast);
        assertThat(Files.isDirectory(into.resolve("pg_tblspc/16388"))).isTrue();
        assertThat(Files.isSymbolicLink(into.resolve("pg_tblspc/16388"))).isFalse();
        String map = "16385 " + fast + "\n16386 " + slow + "\n16387 " + original + "\n";
        assertThat(into.resolve("tablespace_map")).hasContent(map);
        assertThat(Files.readString(into.resolve("backup_manifest")))
                .contains(RestoreFixture.sha256(map.getBytes(StandardCharsets.UTF_8)));
    }

    /** Class 25. */
    @Test
    void a_directory_that_is_not_empty_is_refused_and_left_as_it_is() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(10).store(generation);
        Path into = Files.createDirectory(folder.resolve("data"));
        Files.createFile(into.resolve("precious"));
        assertFails(ExitCode.USAGE, into + " is not empty", () -> RestoreFixture.restore(generation, backup, into));
        assertThat(children(into)).containsExactly(into.resolve("precious"));
    }

    /** Class 25. */
    @Test
    void a_tablespaces_directory_that_is_not_empty_is_refused_before_anything_is_written() throws Exception {
        Path original = Files.createDirectory(folder.resolve("ts"));
        Files.createFile(original.resolve("precious"));
        BackupSummary backup = RestoreFixture.dataDirectory(11)
                .withTablespace(16385, "fast", original.toString())
                .store(generation);
        Path into = folder.resolve("data");
        assertFails(ExitCode.USAGE, original + " is not empty", () -> RestoreFixture.restore(generation, backup, into));
        assertThat(into).doesNotExist();
        assertThat(children(original)).containsExactly(original.resolve("precious"));
    }

    @Test
    void a_running_server_and_an_interrupted_restore_are_called_so() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(12).store(generation);
        Path running = Files.createDirectory(folder.resolve("running"));
        Files.writeString(
                running.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n/data\n");
        assertFails(
                ExitCode.USAGE,
                "a server is running in " + running,
                () -> RestoreFixture.restore(generation, backup, running));
        Path unfinished = Files.createDirectory(folder.resolve("unfinished"));
        Files.createFile(unfinished.resolve("pgpitr_restore_unfinished"));
        assertFails(
                ExitCode.USAGE,
                unfinished + " holds an interrupted restore",
                () -> RestoreFixture.restore(generation, backup, unfinished));
        Path file = Files.createFile(folder.resolve("file"));
        assertFails(
                ExitCode.USAGE, file + " is not a directory", () -> RestoreFixture.restore(generation, backup, file));
    }

    @Test
    void a_tablespace_map_that_does_not_fit_the_backup_is_refused() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(13)
                .withTablespace(16385, "fast", "/nowhere/fast")
                .withTablespace(16386, "slow", "/nowhere/slow")
                .store(generation);
        Path into = folder.resolve("data");
        RestoreOptions options = RestoreFixture.options(into);
        for (Map<String, Path> map : List.of(
                Map.of("fats", folder.resolve("x")),
                Map.of("fast", folder.resolve("x"), "16385", folder.resolve("y")),
                Map.of("fast", into.resolve("ts"), "slow", folder.resolve("y")),
                Map.of("fast", folder, "slow", folder.resolve("y")),
                Map.of("fast", folder.resolve("x"), "slow", folder.resolve("x")))) {
            assertFails(
                    ExitCode.USAGE,
                    "tablespace",
                    () -> new RestoreTask(
                                    generation,
                                    RestoreFixture.plan(backup),
                                    RestoreFixture.withTablespaces(options, map),
                                    Progress.NONE,
                                    RestoreFixture.CLOCK)
                            .run());
        }
        assertThat(children(folder)).isEmpty();
    }

    @Test
    void one_place_under_two_names_is_no_place_for_two_tablespaces() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(13)
                .withTablespace(16385, "fast", "/nowhere/fast")
                .withTablespace(16386, "slow", "/nowhere/slow")
                .store(generation);
        Path into = folder.resolve("data");
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), disk);
        Path home = Files.createSymbolicLink(folder.resolve("home"), folder);
        for (Map<String, Path> map : List.of(
                Map.of("fast", disk.resolve("x/ts"), "slow", link.resolve("x")),
                Map.of("fast", disk.resolve("x"), "slow", home.resolve("data/ts")))) {
            assertFails(
                    ExitCode.USAGE,
                    "can't go to ",
                    () -> new RestoreTask(
                                    generation,
                                    RestoreFixture.plan(backup),
                                    RestoreFixture.withTablespaces(RestoreFixture.options(into), map),
                                    Progress.NONE,
                                    RestoreFixture.CLOCK)
                            .run());
        }
        assertThat(into).doesNotExist();
    }

    @Test
    void too_little_disk_space_is_found_before_anything_is_written() throws Exception {
        RestoreFixture fixture = RestoreFixture.dataDirectory(14);
        fixture.listed = entry -> entry.path().equals("base/1/big")
                ? ManifestEntry.file(entry.path(), 1L << 60, 0600, entry.modified())
                        .withSha256(entry.sha256().orElseThrow())
                        .at(entry.position().orElseThrow())
                : entry;
        BackupSummary backup = fixture.store(generation);
        assertFails(
                ExitCode.USAGE,
                "not enough disk space",
                () -> RestoreFixture.restore(generation, backup, folder.resolve("data")));
        assertThat(children(folder)).isEmpty();
    }

    @Test
    void a_backup_of_another_cluster_in_this_ones_place_is_refused() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(15).store(generation);
        ClusterIdentity other = new ClusterIdentity(
                1,
                1,
                new SystemIdentifier(99),
                backup.major(),
                backup.segmentSize(),
                Encryption.NONE,
                RestoreFixture.TIME);
        Generation elsewhere = new Generation(store, generation.layout(), other, generation.codec());
        assertFails(
                ExitCode.CORRUPT,
                "system identifier",
                () -> RestoreFixture.restore(elsewhere, backup, folder.resolve("data")));
    }

    @Test
    void without_the_key_nothing_is_begun() throws Exception {
        Generation encrypted = RestoreFixture.generation(store, Encryption.AGE);
        BackupSummary backup = RestoreFixture.dataDirectory(16).store(encrypted);
        Generation keyless = new Generation(
                store, encrypted.layout(), encrypted.identity(), new Codec(Encryption.AGE, Keys.none(), 3));
        assertThatThrownBy(() -> RestoreFixture.restore(keyless, backup, folder.resolve("data")))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY));
        assertThat(children(folder)).isEmpty();
    }
}
