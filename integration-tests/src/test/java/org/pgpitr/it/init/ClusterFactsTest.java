package org.pgpitr.it.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.it.cluster.Clusters;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.Progress;
import org.pgpitr.service.init.ClusterFacts;

class ClusterFactsTest {
    @ParameterizedTest
    @MethodSource("org.pgpitr.it.kit.Majors#all")
    void server_and_data_directory_tell_the_same(int major) {
        try (Workspace work = new Workspace()) {
            PostgresInstance one = work.instance("one", Majors.binaries(major));
            one.initdb(InitdbOptions.standard().with(new WalSegmentSize(4 << 20)))
                    .set("fsync", "off")
                    .start();
            ClusterFacts running = facts(one, Optional.empty());
            assertThat(running.major()).isEqualTo(new PostgresMajor(major));
            assertThat(running.segmentSize()).isEqualTo(new WalSegmentSize(4 << 20));
            assertThat(facts(one, Optional.of(one.dataDirectory()))).isEqualTo(running);
            assertThat(facts(one, Optional.of(Path.of("/nowhere")))).isEqualTo(running);

            PostgresInstance other = work.instance("other", Majors.binaries(major));
            other.initdb(InitdbOptions.standard());
            PgpitrException mixed =
                    catchThrowableOfType(PgpitrException.class, () -> facts(one, Optional.of(other.dataDirectory())));
            assertThat(mixed.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(mixed)
                    .hasMessageStartingWith("the server is not that of the data directory " + other.dataDirectory());

            one.stop(StopMode.FAST);
            assertThat(facts(one, Optional.of(one.dataDirectory()))).isEqualTo(running);
            assertThat(catchThrowableOfType(PgpitrException.class, () -> facts(one, Optional.empty()))
                            .exitCode())
                    .isEqualTo(ExitCode.POSTGRES_UNAVAILABLE);
        }
    }

    private static ClusterFacts facts(PostgresInstance server, Optional<Path> dataDirectory) {
        return ClusterFacts.read(() -> Server.connect(Clusters.overSocket(server)), dataDirectory, Progress.NONE);
    }
}
