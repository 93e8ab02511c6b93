package org.pgpitr.repository.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

class RecoveryFactsReaderTest {
    private static final Clock CLOCK = Clock.fixed(FactsBuilder.NOW, ZoneOffset.UTC);
    private static final AgeIdentity OWN = AgeIdentity.generate();

    private final MemoryStore store = new MemoryStore();

    private Generation generation(Encryption encryption, Keys keys) {
        return new Repository(store, new ClusterName("main"), keys, 3)
                .create(WalFiles.cluster(1, WalFiles.CLUSTER, encryption));
    }

    private static void segment(Generation generation, String name) {
        WalSegmentName segment = WalSegmentName.parse(name);
        Content content = Content.of(WalFiles.segment(segment, generation.identity(), 1));
        new WalArchive(generation).push(segment, content);
    }

    private static void file(Generation generation, String name, String text) {
        new WalArchive(generation).push(WalFileName.parse(name), Content.of(text.getBytes(UTF_8)));
    }

    /** A backup of an empty directory, which is all that a plan cares for. */
    private static BackupSummary backup(Generation generation, String started) {
        BackupSummary b = FactsBuilder.summary(started, 1, "0/200028", "0/200100", 1000, 1000, List.of());
        BackupSummary empty = new BackupSummary(
                b.id(),
                WalFiles.CLUSTER,
                b.major(),
                b.serverVersion(),
                b.pgpitrVersion(),
                b.label(),
                b.started(),
                b.stopped(),
                b.timeline(),
                b.startLsn(),
                b.stopLsn(),
                b.segmentSize(),
                b.source(),
                b.xmin(),
                b.nextXid(),
                b.checksums(),
                b.tablespaces(),
                b.damagedPages(),
                0,
                0,
                0,
                0);
        try (ManifestWriter writer = new ManifestWriter(generation, empty.id())) {
            writer.commit(empty, List.of());
        }
        return empty;
    }

    @ParameterizedTest
    @EnumSource
    void backups_histories_and_wal_of_a_generation_make_a_plan(Encryption encryption) {
        Generation generation = generation(
                encryption,
                encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of(OWN)));
        BackupSummary newer = backup(generation, "2026-11-22T00:00:00Z");
        BackupSummary older = backup(generation, "2026-11-21T00:00:00Z");
        segment(generation, "000000010000000000000002");
        segment(generation, "000000020000000000000003");
        file(generation, "00000002.history", "1\t0/380000\tno recovery target specified\n");

        RecoveryFacts facts = RecoveryFactsReader.read(generation, CLOCK);
        assertThat(facts.backups()).containsExactly(older, newer);
        assertThat(facts.unreadable()).isEmpty();
        assertThat(facts.histories()).containsOnlyKeys(new TimelineId(2));
        assertThat(facts.segmentSize()).isEqualTo(FactsBuilder.SIZE);
        assertThat(facts.asOf()).isEqualTo(FactsBuilder.NOW);
        RecoveryPlan plan = RecoveryPlanner.plan(
                facts,
                new RecoveryRequest(
                        new RecoveryTarget.EndOfWal(), new RecoveryTargetTimeline.Latest(), Optional.empty()));
        assertThat(plan.backup()).isEqualTo(newer);
        assertThat(plan.wal())
                .extracting(WalRange::last)
                .extracting(WalSegmentName::toString)
                .containsExactly("000000010000000000000002", "000000020000000000000003");
        assertThat(plan.walBytes()).isPositive();
    }

    @Test
    void a_damaged_manifest_is_a_fact_beside_others_and_an_error_alone() {
        Generation generation = generation(Encryption.NONE, Keys.none());
        BackupId damaged = BackupId.parse("20261123T000000Z");
        store.putIfAbsent(generation.layout().manifest(damaged.value()), Content.of(new byte[100]));

        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> RecoveryFactsReader.read(generation, CLOCK))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT));

        backup(generation, "2026-11-21T00:00:00Z");
        assertThat(RecoveryFactsReader.read(generation, CLOCK).unreadable())
                .extracting(PassedOver::id)
                .containsExactly(damaged);
    }

    @Test
    void without_a_key_nothing_is_planned() {
        backup(generation(Encryption.AGE, Keys.of(List.of(OWN.recipient()), List.of(OWN))), "2026-11-21T00:00:00Z");
        Generation keyless = new Repository(
                        store, new ClusterName("main"), Keys.of(List.of(OWN.recipient()), List.of()), 3)
                .current();

        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> RecoveryFactsReader.read(keyless, CLOCK))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY));
    }
}
