package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.postgres.RelationFile.Fork;

class RelationFileTest {
    @Test
    void files_of_relations_tell_their_number_fork_and_segment() {
        is("global/1213", 1213, Fork.MAIN, 0);
        is("base/1/1259_vm", 1259, Fork.VISIBILITY_MAP, 0);
        is("base/16384/16390_fsm.2", 16390, Fork.FREE_SPACE_MAP, 2);
        is("base/5/4294967295.32767", 4294967295L, Fork.MAIN, 32767);
        is("pg_tblspc/16385/PG_17_202406281/5/16390_init", 16390, Fork.INIT, 0);
    }

    private static void is(String path, long number, Fork fork, int segment) {
        assertThat(RelationFile.tryParse(path)).contains(new RelationFile(number, fork, segment));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1259",
                "base/1259",
                "global/pg_control",
                "global/pg_filenode.map",
                "global/pg_internal.init",
                "base/1/PG_VERSION",
                "base/1/t3_16390",
                "base/1/01259",
                "base/1/0",
                "base/1/1259_vm_fsm",
                "base/1/1259_toast",
                "base/1/1259.",
                "base/1/1259.0",
                "base/1/1259.01",
                "base/1/1259.1.2",
                "base/1/1259.9999999999",
                "base/1/4294967296",
                "base/1/99999999999999999999",
                "base/x/1259",
                "base/1/2/1259",
                "other/base/1/1259",
                "pg_tblspc/16385/5/16390",
                "pg_tblspc/16385/PG_17_202406281/16390",
                "pg_wal/000000010000000000000001",
                "base/1/",
                "/"
            })
    void other_files_are_none(String path) {
        assertThat(RelationFile.tryParse(path)).isEmpty();
    }

    @Test
    void pages_are_counted_across_the_segments() {
        assertThat(new RelationFile(1, Fork.MAIN, 0).firstBlock(131072)).isZero();
        assertThat(new RelationFile(1, Fork.MAIN, 32767).firstBlock(131072)).isEqualTo(32767L * 131072);
    }
}
