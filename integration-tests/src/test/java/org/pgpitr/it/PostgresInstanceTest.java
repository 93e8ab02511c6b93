package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;

class PostgresInstanceTest {
    @ParameterizedTest
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void a_server_starts_stops_and_survives_a_kill(int major) throws Exception {
        try (Workspace work = new Workspace();
                PostgresInstance server = work.instance("server", Majors.binaries(major))) {
            server.initdb(InitdbOptions.standard()
                            .with(InitdbOptions.Checksums.OFF)
                            .with(new WalSegmentSize(1 << 20)))
                    .set("fsync", "off")
                    .start();
            assertThat(server.query("show server_version")).startsWith(major + ".");
            assertThat(server.query("show data_checksums")).isEqualTo("off");
            assertThat(server.query("show wal_segment_size")).isEqualTo("1MB");
            assertThat(Path.of(server.query("show data_directory"))).isEqualTo(server.dataDirectory());

            server.execute("create table t as select 1 as x", "create extension amcheck");
            server.kill();
            assertThat(server.isRunning()).isFalse();
            server.start();
            assertThat(server.query("select x from t")).isEqualTo("1");

            server.stop(StopMode.FAST);
            assertThat(server.isRunning()).isFalse();
        }
    }
}
