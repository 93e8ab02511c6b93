package org.pgpitr.service.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.DataDirectoryContents;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.repository.backup.ManifestEntry;

class DataDirectoryScanTest {
    private static final String VERSION = "PG_17_202406281";

    @TempDir
    Path folder;

    private Path data;
    private final SaidLines said = new SaidLines();

    @BeforeEach
    void aSmallCluster() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        for (String file : List.of("PG_VERSION", "global/pg_control", "global/1213", "base/1/1259", "base/1/1259_vm")) {
            write(file, 100);
        }
        Files.createDirectories(data.resolve("pg_tblspc"));
        write("pg_wal/000000010000000000000001", 1000);
        write("pg_wal/archive_status/000000010000000000000001.done", 0);
    }

    private void write(String path, int size) throws IOException {
        Path file = data.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[size]);
    }

    private FileList scan(String... tablespaces) throws Exception {
        return new DataDirectoryScan(
                        data.toRealPath(),
                        DataDirectoryContents.of(new PostgresMajor(17)),
                        VERSION,
                        Set.of(tablespaces),
                        said)
                .run();
    }

    private static List<String> files(FileList list) {
        return IntStream.range(0, list.count()).mapToObj(list::path).sorted().toList();
    }

    private static List<String> directories(FileList list) {
        return list.directories().stream().map(ManifestEntry::path).toList();
    }

    @Test
    void files_and_directories_are_listed_and_pg_control_is_kept_for_the_end() throws Exception {
        FileList list = scan();

        assertThat(files(list)).containsExactly("PG_VERSION", "base/1/1259", "base/1/1259_vm", "global/1213");
        assertThat(list.totalBytes()).isEqualTo(400);
        assertThat(directories(list))
                .startsWith(".")
                .contains("base", "base/1", "global", "pg_tblspc", "pg_wal")
                .doesNotHaveDuplicates();
    }

    @Test
    void class_24_what_belongs_to_the_running_server_only_is_left_out() throws Exception {
        write("postmaster.pid", 1);
        write("postmaster.opts", 1);
        write("backup_label", 1);
        write("tablespace_map", 1);
        write("pg_replslot/slot1/state", 1);
        write("pg_stat_tmp/global.stat", 1);
        write("pg_notify/0000", 1);
        write("pg_subtrans/0000", 1);
        write("base/pgsql_tmp/pgsql_tmp123.0", 1);
        write("base/1/pg_internal.init", 1);
        write("base/1/t3_16400", 1);

        FileList list = scan();

        assertThat(files(list)).containsExactly("PG_VERSION", "base/1/1259", "base/1/1259_vm", "global/1213");
        assertThat(directories(list))
                .contains("pg_replslot", "pg_stat_tmp", "pg_notify", "pg_subtrans")
                .doesNotContain("pg_replslot/slot1", "base/pgsql_tmp");
    }

    @Test
    void wal_is_left_out_but_its_directories_are_made() throws Exception {
        assertThat(directories(scan())).contains("pg_wal", "pg_wal/archive_status", "pg_wal/summaries");
    }

    @Test
    void pg_wal_may_be_a_link() throws Exception {
        Path elsewhere = folder.resolve("wal");
        Files.move(data.resolve("pg_wal"), elsewhere);
        Files.createSymbolicLink(data.resolve("pg_wal"), elsewhere);

        FileList list = scan();

        assertThat(files(list)).noneMatch(path -> path.startsWith("pg_wal"));
        assertThat(directories(list)).contains("pg_wal", "pg_wal/archive_status", "pg_wal/summaries");
        assertThat(said.lines).isEmpty();
    }

    @Test
    void of_an_unlogged_relation_only_the_init_fork_is_listed() throws Exception {
        write("base/1/16400", 8192);
        write("base/1/16400.1", 8192);
        write("base/1/16400_fsm", 8192);
        write("base/1/16400_init", 0);

        assertThat(files(scan())).contains("base/1/16400_init").noneMatch(path -> path.matches(".*16400(|_fsm|\\.1)"));
    }

    @Test
    void a_tablespace_is_listed_through_its_link_and_only_this_versions_part() throws Exception {
        Path location = Files.createDirectory(folder.resolve("space"));
        Files.createDirectories(location.resolve(VERSION).resolve("5"));
        Files.write(location.resolve(VERSION).resolve("5/16400"), new byte[8192]);
        Files.createDirectories(location.resolve("PG_16_202307071/5"));
        Files.write(location.resolve("PG_16_202307071/5/16400"), new byte[8192]);
        Files.write(location.resolve("notes.txt"), new byte[5]);
        Files.createSymbolicLink(data.resolve("pg_tblspc/16385"), location);

        FileList list = scan("16385");

        assertThat(files(list))
                .contains("pg_tblspc/16385/" + VERSION + "/5/16400")
                .noneMatch(path -> path.contains("PG_16") || path.endsWith(".txt"));
        assertThat(directories(list)).contains("pg_tblspc/16385/" + VERSION).doesNotContain("pg_tblspc/16385");
        assertThat(said.lines).isEmpty();
    }

    @Test
    void a_tablespace_in_place_is_listed_with_its_directory() throws Exception {
        write("pg_tblspc/16386/" + VERSION + "/5/16400", 8192);

        FileList list = scan("16386");

        assertThat(files(list)).contains("pg_tblspc/16386/" + VERSION + "/5/16400");
        assertThat(directories(list)).contains("pg_tblspc/16386", "pg_tblspc/16386/" + VERSION);
    }

    @Test
    void a_tablespace_that_came_after_the_start_is_left_to_replay() throws Exception {
        write("pg_tblspc/16387/" + VERSION + "/5/16400", 8192);

        assertThat(files(scan())).noneMatch(path -> path.contains("16387"));
    }

    @Test
    void a_tablespace_whose_location_is_gone_is_passed_over() throws Exception {
        Files.createSymbolicLink(data.resolve("pg_tblspc/16388"), folder.resolve("gone"));

        assertThat(files(scan("16388"))).noneMatch(path -> path.contains("16388"));
    }

    @Test
    void a_tablespace_inside_the_data_directory_is_listed_once() throws Exception {
        write("spaces/one/" + VERSION + "/5/16400", 8192);
        Files.createSymbolicLink(data.resolve("pg_tblspc/16389"), data.resolve("spaces/one"));

        assertThat(files(scan("16389")).stream().filter(path -> path.endsWith("16400")))
                .containsExactly("pg_tblspc/16389/" + VERSION + "/5/16400");
    }

    @Test
    void other_links_and_special_files_are_skipped_with_a_word() throws Exception {
        Files.createSymbolicLink(data.resolve("base/2"), data.resolve("base/1"));
        Files.createSymbolicLink(data.resolve("postgresql.conf"), folder.resolve("elsewhere.conf"));
        new ProcessBuilder("mkfifo", data.resolve("base/1/pipe").toString())
                .start()
                .waitFor();

        FileList list = scan();

        assertThat(files(list)).noneMatch(path -> path.contains("base/2") || path.contains("pipe"));
        assertThat(said.lines)
                .containsExactlyInAnyOrder(
                        "skipping symbolic link base/2",
                        "skipping symbolic link postgresql.conf",
                        "skipping special file base/1/pipe");
    }

    @Test
    void permissions_are_recorded() throws Exception {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));
        Files.setPosixFilePermissions(data.resolve("base"), PosixFilePermissions.fromString("rwx------"));

        List<ManifestEntry> directories = scan().directories();

        assertThat(directories.get(0).path()).isEqualTo(".");
        assertThat(directories.get(0).mode()).isEqualTo(0750);
        assertThat(directories.stream().filter(entry -> entry.path().equals("base")))
                .singleElement()
                .satisfies(entry -> assertThat(entry.mode()).isEqualTo(0700));
    }

    @Test
    void files_may_come_and_go_while_they_are_listed() throws Exception {
        Thread churn = new Thread(() -> {
            try {
                for (int i = 0; !Thread.interrupted(); i++) {
                    Path database = data.resolve("base/" + (100 + i % 5));
                    Files.createDirectories(database);
                    Path file = Files.write(database.resolve("16384"), new byte[10]);
                    Files.delete(file);
                    Files.delete(database);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        churn.start();
        try {
            for (int i = 0; i < 200; i++) {
                assertThat(files(scan())).contains("base/1/1259", "global/1213");
            }
        } finally {
            churn.interrupt();
            churn.join();
        }
    }

    @Test
    void a_data_directory_that_is_not_there_is_an_error_of_use() {
        assertThatThrownBy(() -> new DataDirectoryScan(
                                folder.resolve("nowhere"),
                                DataDirectoryContents.of(new PostgresMajor(17)),
                                VERSION,
                                Set.of(),
                                said)
                        .run())
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }
}
