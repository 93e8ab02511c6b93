package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.storage.ObjectKey;

/** Each kind of damage and each hole is named exactly, and what a plan must not use it refuses. */
class WreckedRepositoryTest {
    private static final String FIRST = "20261121T010000Z";
    private static final String SECOND = "20261121T020000Z";

    private final MadeRepository made = new MadeRepository(Encryption.NONE);

    /** Two backups, in segments 2 and 5, and WAL from 2 to 8. */
    private void sound() {
        made.archive(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);
    }

    private static ObjectKey data(MadeRepository in, String backup, int lane, int sequence) {
        return in.generation.layout().data(backup, lane, sequence);
    }

    private List<Finding> findings(Depth depth, ExitCode expected) {
        VerifyReport report = made.verify(depth);
        assertThat(report.exitCode()).as("%s", report).isEqualTo(expected);
        return report.generations().get(0).findings();
    }

    private <T extends Finding> T only(Depth depth, ExitCode expected, Class<T> type) {
        List<Finding> all = findings(depth, expected);
        assertThat(all).singleElement().isInstanceOf(type);
        return type.cast(all.get(0));
    }

    private WalFinding.WalMissing hole() {
        WalFinding.WalMissing quick = only(new Depth.Quick(), ExitCode.TARGET_UNREACHABLE, WalFinding.WalMissing.class);
        assertThat(only(new Depth.Full(), ExitCode.TARGET_UNREACHABLE, WalFinding.WalMissing.class))
                .isEqualTo(quick);
        return quick;
    }

    private String refusal(RecoveryTarget target) {
        return refusal(target, Optional.empty());
    }

    private String refusal(RecoveryTarget target, Optional<BackupId> backup) {
        return ((Unreachable) made.plan(new RecoveryRequest(target, new RecoveryTargetTimeline.Latest(), backup)))
                .reason();
    }

    @Test
    void a_sound_repository_is_sound_and_all_of_it_was_read() {
        sound();

        VerifyReport quick = made.verify(new Depth.Quick());
        VerifyReport full = made.verify(new Depth.Full());

        assertThat(quick.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(full.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(full.generations()).singleElement().satisfies(report -> {
            assertThat(report.findings()).isEmpty();
            assertThat(report.verified().backups()).isEqualTo(2);
            assertThat(report.verified().lanes()).isEqualTo(4);
            assertThat(report.verified().files()).isEqualTo(12);
            assertThat(report.verified().pages()).isEqualTo(24);
            assertThat(report.verified().walFiles()).isEqualTo(7);
            assertThat(report.verified().walRecords()).isGreaterThan(1000);
        });
    }

    @Test
    void a_segment_missing_in_the_middle_is_named_with_what_it_costs() {
        sound();
        made.lose(made.key(MadeRepository.segment(1, 4)));

        WalFinding.WalMissing hole = hole();

        assertThat(hole.hole().first()).isEqualTo(MadeRepository.segment(1, 4));
        assertThat(hole.hole().last()).isEqualTo(MadeRepository.segment(1, 4));
        assertThat(hole.message())
                .isEqualTo("WAL segment 000000010000000000000004 is missing (behind 000000010000000000000003, archived"
                        + " 2026-11-21T12:00:00Z; before 000000010000000000000005, archived 2026-11-21T12:00:00Z); on"
                        + " timeline 1 no moment from 0/400000 on can be recovered, until 0/602000, where backup "
                        + SECOND + " ended at 2026-11-21T02:01:00Z");
        assertThat(refusal(new RecoveryTarget.EndOfWal(), Optional.of(BackupId.parse(FIRST))))
                .contains("000000010000000000000004");
    }

    @Test
    void several_missing_segments_are_one_hole() {
        sound();
        for (int segment : new int[] {7, 3, 4}) {
            made.lose(made.key(MadeRepository.segment(1, segment)));
        }

        List<Finding> holes = findings(new Depth.Quick(), ExitCode.TARGET_UNREACHABLE);

        assertThat(holes)
                .extracting(Finding::subject)
                .containsExactly(
                        MadeRepository.segment(1, 3) + " " + MadeRepository.segment(1, 4),
                        MadeRepository.segment(1, 7) + " " + MadeRepository.segment(1, 7));
        assertThat(holes.get(0).message())
                .startsWith("WAL segments 000000010000000000000003 to 000000010000000000000004 (2) are missing")
                .endsWith("; backup " + FIRST + " can't become consistent");
    }

    @Test
    void a_segment_missing_at_a_backups_start_is_named_with_the_backup() {
        sound();
        made.lose(made.key(MadeRepository.segment(1, 2)));

        WalFinding.WalMissing hole = hole();

        assertThat(hole.hole().first()).isEqualTo(MadeRepository.segment(1, 2));
        assertThat(hole.hole().before()).isEmpty();
        assertThat(hole.message()).contains("backup " + FIRST + " can't become consistent");
        assertThat(refusal(new RecoveryTarget.Immediate(), Optional.of(BackupId.parse(FIRST))))
                .contains("000000010000000000000002");
    }

    @Test
    void a_segment_missing_at_a_backups_end_is_named_with_the_backup() {
        made.archive(made.wal(2).fill(4));
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);

        WalFinding.WalMissing hole = hole();

        assertThat(hole.hole().first()).isEqualTo(MadeRepository.segment(1, 6));
        assertThat(hole.hole().after()).isEmpty();
        assertThat(hole.message())
                .endsWith("on timeline 1 no moment from 0/600000 on can be recovered; backup " + SECOND
                        + " can't become consistent");
        assertThat(refusal(new RecoveryTarget.Immediate(), Optional.of(BackupId.parse(SECOND))))
                .contains("000000010000000000000006");
    }

    @Test
    void a_flipped_bit_in_a_wal_object_is_named_with_what_it_costs() {
        sound();
        ObjectKey key = made.key(MadeRepository.segment(1, 4));
        made.flip(key);

        WalFinding.WalDamaged damaged = only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.WalDamaged.class);

        assertThat(damaged.file()).isEqualTo(MadeRepository.segment(1, 4));
        assertThat(damaged.message())
                .startsWith("object " + key + " is damaged: ")
                .endsWith("on timeline 1 no moment from 0/400000 on can be recovered, until 0/602000, where backup "
                        + SECOND + " ended at 2026-11-21T02:01:00Z");
        assertThat(made.verify(new Depth.Quick()).exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void a_flipped_bit_in_a_data_object_is_named_with_the_files_it_costs() {
        sound();
        ObjectKey key = data(made, FIRST, 0, 1);
        made.flip(key);

        List<Finding> all = findings(new Depth.Full(), ExitCode.CORRUPT);

        assertThat(all).extracting(Finding::kind).containsExactly("files_lost", "object_damaged");
        assertThat(all.get(0).message())
                .isEqualTo("of backup " + FIRST + " 2 files are lost, from \"base/5/big\" to \"base/5/small\" with the"
                        + " objects of lane 0");
        assertThat(all.get(1).message()).contains(key.value(), FIRST);
    }

    @Test
    void each_damaged_object_of_a_lane_is_named() {
        sound();
        made.flip(data(made, FIRST, 0, 0));
        made.flip(data(made, FIRST, 0, 1));

        assertThat(findings(new Depth.Full(), ExitCode.CORRUPT))
                .filteredOn(BackupFinding.ObjectDamaged.class::isInstance)
                .extracting(Finding::subject)
                .containsExactly(
                        data(made, FIRST, 0, 0).value(), data(made, FIRST, 0, 1).value());
    }

    @Test
    void a_flipped_bit_in_a_manifest_is_named_and_the_plan_passes_it_over() {
        sound();
        ObjectKey key = made.generation.layout().manifest(SECOND);
        made.flip(key);

        BackupFinding.ManifestDamaged damaged =
                only(new Depth.Quick(), ExitCode.CORRUPT, BackupFinding.ManifestDamaged.class);

        assertThat(damaged.object()).isEqualTo(key);
        assertThat(damaged.message()).contains(SECOND, key.value());
        RecoveryPlan plan = made.plan(new RecoveryRequest(
                        new RecoveryTarget.EndOfWal(), new RecoveryTargetTimeline.Latest(), Optional.empty()))
                .orElseThrow();
        assertThat(plan.backup().id()).hasToString(FIRST);
        assertThat(plan.passedOver()).singleElement().satisfies(over -> {
            assertThat(over.id()).hasToString(SECOND);
            assertThat(over.reason()).contains(key.value());
        });
        assertThat(refusal(new RecoveryTarget.EndOfWal(), Optional.of(BackupId.parse(SECOND))))
                .contains(key.value());
    }

    @Test
    void a_truncated_data_object_is_named_without_reading_what_is_sound() {
        sound();
        ObjectKey key = data(made, FIRST, 0, 1);
        made.cut(key, 10);

        BackupFinding.ObjectDamaged quick =
                only(new Depth.Quick(), ExitCode.CORRUPT, BackupFinding.ObjectDamaged.class);

        assertThat(quick.object()).isEqualTo(key);
        assertThat(quick.message()).contains("it ends within a zstd frame");
        assertThat(findings(new Depth.Full(), ExitCode.CORRUPT))
                .extracting(Finding::kind)
                .containsExactly("files_lost", "object_damaged");
    }

    @Test
    void an_object_that_is_cut_off_before_a_file_in_it_begins_is_named_with_that_file() {
        sound();
        ObjectKey key = data(made, FIRST, 0, 0);
        made.put(key, new byte[0]);

        assertThat(findings(new Depth.Quick(), ExitCode.CORRUPT))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .isEqualTo("object " + key + " of backup " + FIRST
                                + " is cut off: it has 0 bytes, and \"PG_VERSION\" begins at 0"));
    }

    @Test
    void a_truncated_wal_object_is_named() {
        sound();
        ObjectKey key = made.key(MadeRepository.segment(1, 8));
        made.cut(key, 1);

        assertThat(only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.WalDamaged.class)
                        .object())
                .isEqualTo(key);
    }

    @Test
    void a_missing_lane_object_is_named_and_so_are_its_files() {
        sound();
        ObjectKey key = data(made, SECOND, 1, 0);
        made.lose(key);

        assertThat(only(new Depth.Quick(), ExitCode.CORRUPT, BackupFinding.ObjectMissing.class)
                        .object())
                .isEqualTo(key);
        assertThat(findings(new Depth.Full(), ExitCode.CORRUPT))
                .extracting(Finding::message)
                .containsExactly(
                        "of backup " + SECOND
                                + " 2 files are lost, from \"backup_label\" to \"global/pg_control\" with the objects of"
                                + " lane 1",
                        "object " + key + " of backup " + SECOND + " is missing");
    }

    @Test
    void a_backup_that_lacks_an_object_or_a_part_of_one_is_refused_before_a_byte_is_copied() {
        sound();
        RecoveryRequest latest = new RecoveryRequest(
                new RecoveryTarget.EndOfWal(), new RecoveryTargetTimeline.Latest(), Optional.empty());
        ObjectKey lost = data(made, SECOND, 1, 0);
        made.lose(lost);

        RecoveryPlan plan = made.plan(latest).orElseThrow();
        assertThat(plan.backup().id()).hasToString(FIRST);
        assertThat(plan.passedOver()).singleElement().satisfies(over -> {
            assertThat(over.id()).hasToString(SECOND);
            assertThat(over.reason()).isEqualTo("object " + lost + " is missing");
        });
        assertThat(refusal(new RecoveryTarget.EndOfWal(), Optional.of(BackupId.parse(SECOND))))
                .isEqualTo("backup " + SECOND + " can't be used: object " + lost + " is missing");

        made.cut(data(made, FIRST, 0, 0), 3);
        assertThat(refusal(new RecoveryTarget.EndOfWal()))
                .startsWith("no backup can be used; backup " + SECOND + ": object " + lost + " is missing");
        assertThat(((Unreachable) made.plan(latest)).passedOver())
                .filteredOn(over -> over.id().value().equals(FIRST))
                .singleElement()
                .satisfies(over -> assertThat(over.reason()).startsWith("the objects of its lane 0 have "));
    }

    private MadeWal forked() {
        MadeWal first = made.wal(2).fill(4);
        made.archive(first);
        made.archive(MadeRepository.partial(1, 6), first.partial());
        MadeWal second = first.fork(2).fill(3);
        made.archive(second);
        made.backup(FIRST, 1, 2, 3);
        return first;
    }

    @Test
    void timelines_are_followed_across_their_switch() {
        Lsn left = forked().position();
        made.history(2, left);

        VerifyReport report = made.verify(new Depth.Full());

        assertThat(report.exitCode()).as("%s", report).isEqualTo(ExitCode.OK);
        assertThat(report.generations().get(0).verified().walFiles()).isEqualTo(4 + 1 + 3 + 1);
    }

    @Test
    void a_lost_history_file_is_named_and_the_plan_does_not_follow_its_timeline() {
        forked();

        WalFinding.HistoryMissing missing =
                only(new Depth.Quick(), ExitCode.TARGET_UNREACHABLE, WalFinding.HistoryMissing.class);

        assertThat(missing.timeline()).isEqualTo(new TimelineId(2));
        assertThat(missing.message()).startsWith("timeline history 00000002.history is missing");
        assertThat(((Unreachable) made.plan(new RecoveryRequest(
                                new RecoveryTarget.EndOfWal(),
                                new RecoveryTargetTimeline.Numbered(new TimelineId(2)),
                                Optional.empty())))
                        .reason())
                .contains("timeline 2 is not known: its history file is not in the archive");
    }

    @Test
    void an_archive_that_began_on_a_later_timeline_needs_no_history_of_it() {
        MadeWal wal = made.wal(2).fork(5).fill(4);
        made.archive(wal);
        made.backup(FIRST, 5, 2, 3);

        assertThat(findings(new Depth.Full(), ExitCode.OK)).isEmpty();
    }

    @Test
    void a_damaged_history_and_histories_that_disagree_are_named() {
        Lsn left = forked().position();
        made.history(2, left);
        made.archive(
                new TimelineHistoryName(new TimelineId(3)),
                ("1\t0/500000\tno\n2\t" + left.plus(5000) + "\tno\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(findings(new Depth.Quick(), ExitCode.CORRUPT))
                .filteredOn(WalFinding.HistoriesDisagree.class::isInstance)
                .extracting(Finding::subject)
                .containsExactly("2 3");

        ObjectKey key = made.key(new TimelineHistoryName(new TimelineId(2)));
        made.flip(key);
        assertThat(findings(new Depth.Quick(), ExitCode.CORRUPT))
                .filteredOn(WalFinding.HistoryDamaged.class::isInstance)
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains(key.value()));
    }

    @Test
    void a_hole_at_a_timelines_switch_is_named_on_the_timeline_that_lacks_it() {
        Lsn left = forked().position();
        made.history(2, left);
        made.lose(made.key(MadeRepository.segment(1, 5)));

        assertThat(hole().hole().first()).isEqualTo(MadeRepository.segment(1, 5));

        made.lose(made.key(MadeRepository.segment(2, 6)));
        assertThat(hole().hole()).satisfies(hole -> {
            assertThat(hole.first()).isEqualTo(MadeRepository.segment(1, 5));
            assertThat(hole.last()).isEqualTo(MadeRepository.segment(2, 6));
            assertThat(hole.after()).contains(MadeRepository.segment(2, 7));
        });
    }

    @Test
    void a_segment_of_another_cluster_is_named() {
        sound();
        WalSegmentName name = made.putAnotherClusters(7);

        WalFinding.OfAnotherCluster found = only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.OfAnotherCluster.class);

        assertThat(found.message())
                .contains(name.toString(), "system identifier 4711", "no moment from 0/700000 on can be recovered");
    }

    @Test
    void wal_that_no_server_can_replay_is_named_although_its_digest_is_right() {
        MadeWal wal = made.wal(2).fill(5);
        wal.segments().get(MadeRepository.segment(1, 3))[300_000] ^= 1;
        Arrays.fill(wal.segments().get(MadeRepository.segment(1, 5)), 500_000, 1 << 20, (byte) 0);
        made.archive(wal);
        made.backup(FIRST, 1, 2, 2);

        assertThat(findings(new Depth.Full(), ExitCode.CORRUPT))
                .hasOnlyElementsOfType(WalFinding.WalDamaged.class)
                .extracting(Finding::subject)
                .containsExactly(
                        MadeRepository.segment(1, 3).toString(),
                        MadeRepository.segment(1, 5).toString());
    }

    @Test
    void the_chain_of_records_is_followed_from_segment_to_segment() {
        MadeWal wal = made.wal(2).fill(3);
        MadeWal other = new MadeWal(made.generation.identity(), 2, 99).fill(4);
        made.archive(wal);
        made.archive(MadeRepository.segment(1, 5), other.segments().get(MadeRepository.segment(1, 5)));
        made.backup(FIRST, 1, 2, 2);

        assertThat(only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.WalDamaged.class)
                        .message())
                .contains("WAL segment 000000010000000000000005 can't be replayed");
    }

    @Test
    void a_file_that_is_not_the_one_of_the_manifest_is_named() {
        made.archive(made.wal(2).fill(3));
        made.wronglyListed = "base/5/small";
        made.backup(FIRST, 1, 2, 3);

        BackupFinding.FileDamaged damaged = only(new Depth.Full(), ExitCode.CORRUPT, BackupFinding.FileDamaged.class);

        assertThat(damaged.message())
                .isEqualTo("\"base/5/small\" of backup " + FIRST
                        + " is not what was backed up: its SHA-256 differs from the manifest's");
    }

    @Test
    void a_page_with_a_wrong_checksum_is_named_and_one_that_replay_writes_anew_is_not() {
        made.archive(made.wal(2).fill(3));
        byte[] pages = made.files.get("base/5/16384");
        pages[4 * 8192 + 1000] ^= 1;
        pages[7 * 8192 + 6] = 0x21; // LSN 0/211000: changed while the backup was taken
        made.backup(FIRST, 1, 2, 3);

        BackupFinding.PagesDamaged damaged = only(new Depth.Full(), ExitCode.CORRUPT, BackupFinding.PagesDamaged.class);

        assertThat(damaged.path()).isEqualTo("base/5/16384");
        assertThat(damaged.blocks()).containsExactly(4L);
    }

    @Test
    void a_control_file_that_no_server_starts_with_is_named() {
        made.archive(made.wal(2).fill(3));
        made.files.get("global/pg_control")[40] ^= 1;
        made.backup(FIRST, 1, 2, 3);

        assertThat(only(new Depth.Full(), ExitCode.CORRUPT, BackupFinding.FileDamaged.class)
                        .message())
                .contains("global/pg_control", "its CRC does not match");
    }

    @Test
    void wal_without_a_backup_is_a_hole_and_an_empty_generation_is_none() {
        assertThat(findings(new Depth.Quick(), ExitCode.OK))
                .extracting(Finding::kind)
                .containsExactly("no_backup");

        made.archive(made.wal(2).fill(2));

        assertThat(only(new Depth.Full(), ExitCode.TARGET_UNREACHABLE, RepositoryFinding.NoBackup.class)
                        .message())
                .isEqualTo("there is no backup: nothing can be recovered from the 2 archived segments alone");
    }

    @Test
    void what_an_interrupted_backup_left_and_strange_objects_are_no_faults() {
        sound();
        made.put(data(made, "20261121T030000Z", 0, 0), new byte[] {1});
        made.put(ObjectKey.of("main/1/wal/00000001/00000000/readme"), new byte[] {1});
        made.put(data(made, FIRST, 7, 0), new byte[] {1});

        assertThat(findings(new Depth.Quick(), ExitCode.OK))
                .extracting(Finding::kind)
                .containsExactly("backup_unfinished", "strange_objects", "surplus_objects");
    }

    @Test
    void a_backup_of_a_newer_version_is_not_said_to_be_an_interrupted_one() {
        sound();
        made.put(ObjectKey.of("main/1/backup/20261121T030000Z/manifest.v2"), new byte[] {1});

        assertThat(findings(new Depth.Quick(), ExitCode.OK)).singleElement().satisfies(finding -> {
            assertThat(finding.message())
                    .isEqualTo("backup 20261121T030000Z has no manifest that this pgpitr knows, and it does not know"
                            + " object main/1/backup/20261121T030000Z/manifest.v2");
            assertThat(finding.hint().orElseThrow()).startsWith("verify with a newer pgpitr");
        });
    }

    @Test
    void a_generation_whose_identity_is_lost_or_damaged_is_named() {
        sound();
        ObjectKey identity = RepositoryLayout.identity(MadeRepository.NAME, 1);
        byte[] bytes = made.bytes(identity);
        made.put(identity, "{".getBytes(StandardCharsets.US_ASCII));
        assertThat(findings(new Depth.Quick(), ExitCode.CORRUPT))
                .extracting(Finding::kind)
                .containsExactly("identity_damaged");

        made.lose(identity);
        assertThat(findings(new Depth.Quick(), ExitCode.CORRUPT))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("no main/1/cluster.json"));

        made.put(identity, bytes);
        assertThat(made.verify(new Depth.Quick()).exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void damage_is_graver_than_a_hole_and_all_is_told() {
        sound();
        made.lose(made.key(MadeRepository.segment(1, 4)));
        made.lose(data(made, FIRST, 0, 1));

        VerifyReport report = made.verify(new Depth.Quick());

        assertThat(report.exitCode()).isEqualTo(ExitCode.CORRUPT);
        assertThat(report.count(Severity.DAMAGED)).isEqualTo(1);
        assertThat(report.count(Severity.HOLE)).isEqualTo(1);
    }

    @Test
    void a_cluster_that_is_not_there_is_an_error() {
        MadeRepository empty = new MadeRepository(Encryption.NONE);
        empty.lose(RepositoryLayout.identity(MadeRepository.NAME, 1));

        assertThatThrownBy(() -> empty.verify(new Depth.Quick()))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_REPOSITORY));
    }

    /** Whatever bit flips: either it is found, or it changes nothing that anybody reads. */
    @Test
    void a_flipped_bit_anywhere_is_found() throws IOException {
        made.files.put("base/5/big", MadeRepository.random(5, 300_000));
        made.archiveSummarized(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);
        long seed = Long.getLong("pgpitr.seed", 20261129L);
        Random random = new Random(seed);
        List<ObjectKey> keys = made.keys().stream()
                .filter(key -> !key.value().endsWith("cluster.json"))
                .toList();
        int found = 0;
        for (int i = 0; i < 60; i++) {
            ObjectKey key = keys.get(random.nextInt(keys.size()));
            byte[] before = made.bytes(key);
            byte[] flipped = before.clone();
            int at = random.nextInt(flipped.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            made.put(key, flipped);
            VerifyReport report = made.verify(new Depth.Full());
            if (report.exitCode() == ExitCode.OK) {
                assertThat(plain(flipped))
                        .as("byte %d of %s, seed %d", at, key, seed)
                        .isEqualTo(plain(before));
            } else {
                found++;
                assertThat(report.exitCode()).isEqualTo(ExitCode.CORRUPT);
            }
            made.put(key, before);
        }
        assertThat(found).as("of 60, with seed %d", seed).isGreaterThan(40);
    }

    /** What any reader gets: in compressed bytes some bits mean nothing. */
    private byte[] plain(byte[] stored) throws IOException {
        try (InputStream in = made.generation.codec().decode(ObjectKey.of("any"), new ByteArrayInputStream(stored))) {
            return in.readAllBytes();
        }
    }
}
