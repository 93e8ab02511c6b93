package org.pgpitr.it.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cluster.Server;
import org.pgpitr.it.cluster.Clusters;
import org.pgpitr.repository.Generation;
import org.pgpitr.service.Progress;
import org.pgpitr.service.backup.BackupOptions;
import org.pgpitr.service.backup.BackupTask;
import org.pgpitr.service.check.CheckReport;
import org.pgpitr.service.check.Finding.Verdict;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;

/** The statements of {@code docs/server-role.md} are enough. */
class ServerRoleTest {
    @ParameterizedTest
    @MethodSource("org.pgpitr.it.kit.Majors#all")
    void the_documented_role_can_init_back_up_and_check(int major) throws Exception {
        List<String> blocks = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "docs", "server-role.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
        try (CheckedCluster cluster = new CheckedCluster(major)) {
            cluster.primary.execute(blocks.get(0), blocks.get(major >= 15 ? 1 : 2));
            Generation generation = cluster.init(cluster.repository);
            cluster.relay.into(generation);

            assertThat(ClusterFacts.read(() -> connect(cluster), Optional.empty(), Progress.NONE))
                    .isEqualTo(cluster.facts());
            try (Server server = connect(cluster)) {
                assertThat(new BackupTask(server, generation, BackupOptions.DEFAULT, Progress.NONE, Clock.systemUTC())
                                .run()
                                .files())
                        .isPositive();
            }
            CheckReport report = cluster.check(
                    () -> connect(cluster),
                    () -> cluster.repository,
                    Optional.of(cluster.primary.dataDirectory()),
                    ConditionalWrites.REQUIRED);
            assertThat(report.findings()).allMatch(finding -> finding.verdict() == Verdict.OK);
        }
    }

    private static Server connect(CheckedCluster cluster) {
        return Server.connect(Clusters.overTcp(cluster.primary, "pgpitr", Optional.empty()));
    }
}
