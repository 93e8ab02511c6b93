package org.pgpitr.it.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.repository.Generation;
import org.pgpitr.service.check.CheckReport;
import org.pgpitr.service.check.Finding.Verdict;

class CheckMajorsTest {
    @ParameterizedTest
    @MethodSource("org.pgpitr.it.kit.Majors#all")
    void a_sound_cluster_of_every_major_has_nothing_but_good_findings(int major) throws Exception {
        try (CheckedCluster cluster = new CheckedCluster(major)) {
            Generation generation = cluster.init(cluster.repository);
            cluster.relay.into(generation);
            cluster.backup(generation);
            CheckReport report = cluster.check();
            assertThat(report.findings()).isNotEmpty().allMatch(finding -> finding.verdict() == Verdict.OK);
        }
    }
}
