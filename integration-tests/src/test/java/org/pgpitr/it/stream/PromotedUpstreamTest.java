package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** The stream comes from a standby, which is promoted while it streams. */
@Tag("scenario")
class PromotedUpstreamTest {
    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void the_stream_follows_a_standby_onto_its_new_timeline(int major) throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster primary = Cluster.create(work, major, Variant.onDisk(major, 0), InitdbOptions.standard());
            primary.backup();
            primary.archive();
            Cluster standby = primary.restore("--standby", "--target-timeline", "latest", "--no-archive");
            standby.server()
                    .include(TestDistribution.sample("standby.conf"))
                    .set(
                            "primary_conninfo",
                            "host=127.0.0.1 user=postgres port="
                                    + primary.server().port())
                    .set("archive_mode", "off")
                    .set("wal_retrieve_retry_interval", "200ms")
                    .start();
            standby.pgpitr().variable("PGPITR_STREAM_ENABLED", "true");
            Streaming.createSlot(standby);
            try (Streaming stream = Streaming.begin(standby)) {
                primary.insert("streamed through the standby");
                String lsn = primary.server().query("select pg_current_wal_flush_lsn()");
                standby.server()
                        .await(
                                "the stream",
                                () -> standby.server()
                                        .query("select count(*) from pg_stat_replication where flush_lsn >= '" + lsn
                                                + "'")
                                        .equals("1"));
                primary.server().kill();
                standby.server().promote();
                standby.insert("on the new timeline");
                Streaming.awaitDurable(standby);
                standby.server().query("select pg_switch_wal()");
                Moment later = standby.insert("and a segment later");
                Streaming.awaitDurable(standby);
                stream.kill();
                standby.server().kill();

                Cluster recovered = primary.recover();
                recovered.expect(later);
                assertThat(recovered.labels())
                        .containsExactly("streamed through the standby", "on the new timeline", "and a segment later");
                recovered.discard();
                Cluster old = primary.recover("--target-timeline", "1");
                assertThat(old.labels()).containsExactly("streamed through the standby");
            }
        }
    }
}
