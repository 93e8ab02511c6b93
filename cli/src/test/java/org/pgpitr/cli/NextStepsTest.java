package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.cli.recovery.NextSteps;
import org.pgpitr.cli.recovery.Planned;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.measured.ExpectedDuration;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.service.restore.RestoreOptions;
import org.pgpitr.service.restore.RestoreResult;
import org.pgpitr.storage.memory.MemoryStore;

class NextStepsTest {
    @TempDir
    private Path folder;

    private List<String> steps(Encryption encryption) throws IOException {
        TestRepository plain = new TestRepository(folder.resolve("repository"));
        ClusterIdentity identity = plain.generation(1).identity();
        BackupSummary backup = plain.backup(1, "20261119T230000Z", 2, List.of(), List.of());
        Keys keys = encryption == Encryption.NONE
                ? Keys.none()
                : Keys.of(List.of(AgeIdentity.generate().recipient()), List.of());
        Generation generation = new Repository(new MemoryStore(), new ClusterName("main"), keys, 1)
                .create(new ClusterIdentity(
                        ClusterIdentity.FORMAT_VERSION,
                        1,
                        identity.systemIdentifier(),
                        identity.major(),
                        identity.segmentSize(),
                        encryption,
                        Instant.EPOCH));
        Path into = Path.of("/var/lib/my data");
        RecoveryPlan plan = new RecoveryPlan(
                backup,
                new RecoveryTarget.EndOfWal(),
                new TimelineHistory(TimelineId.FIRST, List.of()),
                List.of(),
                Optional.empty(),
                0,
                0,
                List.of(),
                List.of());
        RestoreOptions options = new RestoreOptions(
                into,
                Map.of(),
                1,
                "x",
                Optional.empty(),
                RestoreOptions.Mode.RECOVERY,
                RestoreOptions.Archiving.KEEP,
                Optional.empty());
        return NextSteps.lines(
                new Planned(
                        generation,
                        plan,
                        Optional.empty(),
                        ExpectedDuration.of(plan, List.of(), List.of(), "here"),
                        Optional.empty(),
                        options),
                new RestoreResult(into, Map.of(), 1, 1, Duration.ZERO),
                "the end",
                List.of("AWS_PROFILE"));
    }

    @Test
    void the_server_is_started_and_given_what_only_the_environment_has() throws IOException {
        assertThat(steps(Encryption.NONE))
                .contains("  pg_ctl -D '/var/lib/my data' -o '-p 5433' start")
                .contains("The server's environment needs what yours has: AWS_PROFILE")
                .noneMatch(line -> line.contains("encrypted"));
    }

    @Test
    void the_server_of_an_encrypted_cluster_must_be_able_to_read_it_by_itself() throws IOException {
        assertThat(steps(Encryption.AGE))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("The repository is encrypted: the server's user must be able to read")
                        .contains("identity_passphrase_file"));
    }
}
