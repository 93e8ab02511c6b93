package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pgpitr.postgres.DataDirectoryContents.Treatment.COPY;
import static org.pgpitr.postgres.DataDirectoryContents.Treatment.KEEP_EMPTY;
import static org.pgpitr.postgres.DataDirectoryContents.Treatment.LEAVE_OUT;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DataDirectoryContentsTest {
    private final DataDirectoryContents contents = DataDirectoryContents.of(new PostgresMajor(17));

    private DataDirectoryContents.Treatment file(String path, String... others) {
        return contents.file(path, Set.of(others)::contains);
    }

    @Test
    void data_and_configuration_are_copied() {
        for (String path : List.of(
                "PG_VERSION",
                "postgresql.conf",
                "postgresql.auto.conf",
                "pg_hba.conf",
                "current_logfiles",
                "standby.signal",
                "global/pg_control",
                "global/1213",
                "base/1/pg_filenode.map",
                "base/1/1259_fsm",
                "pg_xact/0000",
                "pg_multixact/members/0000",
                "pg_logical/replorigin_checkpoint",
                "pg_tblspc/16385/PG_17_202406281/5/16390",
                "my own/notes.txt")) {
            assertThat(file(path)).describedAs(path).isEqualTo(COPY);
        }
        for (String path : List.of("", "base", "base/1", "global", "pg_xact", "pg_tblspc", "pg_logical/snapshots")) {
            assertThat(contents.directory(path)).describedAs(path).isEqualTo(COPY);
        }
    }

    @Test
    void what_belongs_to_the_running_server_is_left_out() {
        for (String path : List.of(
                "postmaster.pid",
                "postmaster.opts",
                "postgresql.auto.conf.tmp",
                "current_logfiles.tmp",
                "backup_label",
                "tablespace_map",
                "backup_manifest",
                "global/pg_internal.init",
                "base/1/pg_internal.init",
                "base/1/pg_internal.init.4711",
                ".DS_Store",
                "base/.DS_Store",
                "base/pgsql_tmp/pgsql_tmp4711.0",
                "pgsql_tmp4711.0")) {
            assertThat(file(path)).describedAs(path).isEqualTo(LEAVE_OUT);
        }
        assertThat(contents.directory("base/pgsql_tmp")).isEqualTo(LEAVE_OUT);
        assertThat(contents.directory("pg_tblspc/16385/PG_17_202406281/pgsql_tmp"))
                .isEqualTo(LEAVE_OUT);
    }

    @Test
    void directories_that_a_start_empties_are_kept_without_what_they_hold() {
        for (String path : List.of(
                "pg_wal",
                "pg_replslot",
                "pg_stat_tmp",
                "pg_dynshmem",
                "pg_notify",
                "pg_serial",
                "pg_snapshots",
                "pg_subtrans")) {
            assertThat(contents.directory(path)).describedAs(path).isEqualTo(KEEP_EMPTY);
            assertThat(contents.link(path)).describedAs("link " + path).isEqualTo(KEEP_EMPTY);
        }
    }

    @Test
    void the_directories_in_pg_wal_are_made_as_the_version_has_them() {
        assertThat(DataDirectoryContents.of(new PostgresMajor(16)).walDirectories())
                .containsExactly("pg_wal/archive_status");
        assertThat(contents.walDirectories()).containsExactly("pg_wal/archive_status", "pg_wal/summaries");
        assertThat(DataDirectoryContents.of(new PostgresMajor(21)).walDirectories())
                .containsExactly("pg_wal/archive_status", "pg_wal/summaries");
    }

    @Test
    void of_an_unlogged_relation_only_the_init_forks_are_copied() {
        for (String name : List.of("16390", "16390.1", "16390_fsm", "16390_vm", "16390_fsm.3")) {
            assertThat(file("base/5/" + name, "base/5/16390_init"))
                    .describedAs(name)
                    .isEqualTo(LEAVE_OUT);
            assertThat(file("pg_tblspc/1/PG_17_202406281/5/" + name, "pg_tblspc/1/PG_17_202406281/5/16390_init"))
                    .describedAs(name)
                    .isEqualTo(LEAVE_OUT);
        }
        assertThat(file("base/5/16390_init", "base/5/16390_init")).isEqualTo(COPY);
        assertThat(file("base/5/16390_init.1", "base/5/16390_init")).isEqualTo(COPY);
        assertThat(file("base/5/16391", "base/5/16390_init")).isEqualTo(COPY);
        assertThat(file("base/6/16390", "base/5/16390_init")).isEqualTo(COPY);
    }

    @Test
    void temporary_relations_are_left_out_where_databases_are() {
        for (String name : List.of("t3_16390", "t3_16390.1", "t3_16390_fsm", "t12_16390_vm.2")) {
            assertThat(file("base/5/" + name)).describedAs(name).isEqualTo(LEAVE_OUT);
        }
        for (String path : List.of("t3_16390", "global/t3_16390", "base/5/t3_16390x", "base/5/t_1", "base/5/t3_")) {
            assertThat(file(path)).describedAs(path).isEqualTo(COPY);
        }
    }

    @Test
    void of_a_tablespace_only_this_versions_directory_is_copied() {
        assertThat(contents.directory("pg_tblspc/16385")).isEqualTo(COPY);
        assertThat(contents.directory("pg_tblspc/16385/PG_17_202406281")).isEqualTo(COPY);
        assertThat(contents.directory("pg_tblspc/16385/PG_16_202307071")).isEqualTo(LEAVE_OUT);
        assertThat(contents.directory("pg_tblspc/16385/lost+found")).isEqualTo(LEAVE_OUT);
        assertThat(file("pg_tblspc/16385/notes.txt")).isEqualTo(LEAVE_OUT);
    }

    @Test
    void links_are_followed_for_tablespaces_only() {
        assertThat(contents.link("pg_tblspc/16385")).isEqualTo(COPY);
        assertThat(contents.link("server.key")).isEqualTo(LEAVE_OUT);
        assertThat(contents.link("base/5")).isEqualTo(LEAVE_OUT);
    }
}
