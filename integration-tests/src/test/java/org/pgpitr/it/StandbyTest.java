package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** A standby that is made from a backup, archives into its primary's repository, and is backed up itself. */
@Tag("scenario")
class StandbyTest {
    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void a_standby_shares_the_archive_is_backed_up_and_takes_over(int major) {
        try (Workspace work = new Workspace()) {
            Cluster primary = Cluster.create(work, major, Variant.onDisk(major, 2), InitdbOptions.standard());
            primary.insert("a");
            primary.backup();

            Cluster standby = primary.standby();
            primary.insert("b");
            primary.archive();
            standby.awaitReplay(primary);
            assertThat(standby.labels()).containsExactly("a", "b");

            // The same segments come from both servers; that is no conflict.
            standby.awaitArchived(primary.lastArchived());
            assertThat(standby.server().query("select failed_count from pg_stat_archiver"))
                    .isEqualTo("0");

            // The backup's WAL comes through the primary's archiving, which has to go on meanwhile.
            standby.backupWhile(() -> primary.archive());
            assertThat(standby.pgpitr().run("list", "--json").out()).contains("\"standby\"");
            Moment c = primary.insert("c");
            primary.archive();
            String ofStandby = primary.pgpitr().backups().get(1);
            primary.recover("--backup", ofStandby).expect(c).discard();
            takesOver(primary, standby, ofStandby);
        }
    }

    private static void takesOver(Cluster primary, Cluster standby, String ofStandby) {
        // The primary dies with a row that only streaming has carried away; the standby takes over.
        Moment d = primary.insert("d");
        standby.awaitReplay(primary);
        primary.server().kill();
        standby.server().promote();
        assertThat(standby.labels()).last().isEqualTo("d");
        Moment e = standby.insert("e");
        standby.archive();
        standby.recover("--target-xid", Long.toString(d.xid())).expect(d).discard();
        standby.recover("--backup", ofStandby).expect(e).discard();
    }
}
