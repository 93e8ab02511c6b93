package org.pgpitr.it.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.service.check.Finding;
import org.pgpitr.service.check.Finding.Verdict;
import org.pgpitr.service.check.Topic;

class HistoryCheckTest {
    @Test
    void a_history_that_was_never_offered_to_this_archive_is_missed() throws Exception {
        try (CheckedCluster cluster = new CheckedCluster(Majors.newest())) {
            promoteUnarchived(cluster);
            Generation generation = cluster.init(cluster.repository);
            cluster.relay.into(generation);
            assertThat(history(cluster)).satisfies(finding -> {
                assertThat(finding.verdict()).isEqualTo(Verdict.NOTE);
                assertThat(finding.detail()).contains("00000002.history is in pg_wal, but not in the repository");
                assertThat(finding.hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("`pgpitr backup`"));
            });

            cluster.backup(generation);
            assertThat(history(cluster).verdict()).isEqualTo(Verdict.OK);
            assertThat(history(cluster).detail()).isEqualTo("00000002.history is there");

            Path local = cluster.primary.dataDirectory().resolve("pg_wal/00000002.history");
            Files.delete(local);
            cluster.store.delete(List.of(generation.layout().wal(WalFileName.parse("00000002.history"))));
            assertThat(history(cluster).verdict()).isEqualTo(Verdict.NOTE);
            assertThat(history(cluster).detail()).contains("is neither in the repository nor in");
        }
    }

    /** The promotion comes before there is any archiving. */
    private static void promoteUnarchived(CheckedCluster cluster) throws Exception {
        cluster.primary.stop(StopMode.IMMEDIATE); // it has nowhere to archive to, and would wait
        cluster.work.user().file(cluster.primary.dataDirectory().resolve("recovery.signal"), "");
        cluster.primary
                .set("archive_mode", "off")
                .set("restore_command", "false")
                .start()
                .awaitRecovered()
                .stop(StopMode.FAST)
                .set("archive_mode", "on")
                .start();
    }

    private static Finding history(CheckedCluster cluster) {
        return cluster.check().findings().stream()
                .filter(finding -> finding.topic() == Topic.HISTORY)
                .findFirst()
                .orElseThrow();
    }
}
