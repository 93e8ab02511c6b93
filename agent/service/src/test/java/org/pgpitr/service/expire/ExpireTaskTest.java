package org.pgpitr.service.expire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.pgpitr.service.expire.ExpireFixture.day;
import static org.pgpitr.service.expire.ExpireFixture.id;
import static org.pgpitr.service.expire.ExpireFixture.newest;
import static org.pgpitr.service.expire.ExpireFixture.segments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.backup.RestoreLease;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.repository.retention.BackupVerdict;
import org.pgpitr.repository.retention.Pin;
import org.pgpitr.repository.retention.Pins;
import org.pgpitr.repository.retention.Reason;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.Refusal;
import org.pgpitr.storage.local.StaleFiles;

class ExpireTaskTest {
    private static final LeaseHolder HERE = LeaseHolder.thisProcess();

    private final ExpireFixture fixture = new ExpireFixture();
    private Generation generation;

    /** A backup a day from day 1 to day 4, and WAL without a gap. */
    @BeforeEach
    void four_backups() {
        generation = fixture.generation(1);
        for (int day = 1; day <= 4; day++) {
            fixture.backup(generation, day, 1, 10L * day);
            fixture.wal(generation, day, 1, 10L * day - 5, 10L * day + 4);
        }
        fixture.file(generation, "00000001000000000000000A.00000028.backup");
        fixture.file(generation, "00000001000000000000000A.partial");
        fixture.file(generation, "000000010000000000000028.00000028.backup");
        fixture.clock.set(day(5));
    }

    @Test
    void pieces_of_streams_go_once_nothing_needs_them() {
        fixture.piece(generation, 1, 8, 1000);
        fixture.piece(generation, 1, 44, 1000);
        fixture.piece(generation, 1, 44, 2000);
        fixture.piece(generation, 1, 45, 500);
        fixture.piece(generation, 1, 45, 700);
        fixture.put(generation, new ObjectKey("main/1/stream/00000001/readme"), "not one of ours");

        ExpireReport report = fixture.task(newest(2)).run();

        assertThat(report.walFiles()).isEqualTo(25 + 2 + 3);
        assertThat(left().stream().filter(key -> key.contains("/stream/")))
                .containsExactly(
                        "main/1/stream/00000001/0000000002D00000-0000000002D001F4.zst",
                        "main/1/stream/00000001/0000000002D00000-0000000002D002BC.zst",
                        "main/1/stream/00000001/readme");
    }

    private List<String> left() {
        return fixture.keys();
    }

    private static List<BackupVerdict> going(ExpirePlan plan) {
        return plan.retention().generation(1).backups().stream()
                .filter(b -> !b.stays())
                .toList();
    }

    @Test
    void what_is_not_kept_goes_and_all_else_stays() {
        ExpireReport report = fixture.task(newest(2)).run();

        assertThat(report.deletedBackups())
                .containsExactly(new ExpireReport.Deleted(1, id(1)), new ExpireReport.Deleted(1, id(2)));
        assertThat(report.walFiles()).isEqualTo(25 + 2);
        assertThat(report.outcome().survivors()).isEmpty();
        assertThat(left())
                .noneMatch(key -> key.contains(id(1).value()) || key.contains(id(2).value()))
                .contains(
                        "main/1/backup/" + id(3) + "/manifest.jsonl.zst",
                        "main/1/backup/" + id(4) + "/data/0000/000001.tar.zst")
                .doesNotContainAnyElementsOf(segments(1, 1, 5, 29))
                .containsAll(segments(1, 1, 30, 44))
                .noneMatch(key -> key.contains("00000A."))
                .anyMatch(key -> key.endsWith("000028.00000028.backup.zst"));
        assertThat(fixture.task(newest(2)).run().deletedBackups()).isEmpty();
    }

    @Test
    void what_is_there_for_the_sake_of_wal_goes_with_it() {
        List<ObjectKey> goes = List.of(
                fixture.rollUp(generation, 256, 3, 0),
                fixture.refused(generation, 1, 12),
                fixture.names(generation, 1, 11),
                fixture.names(generation, 1, 13));
        List<ObjectKey> stays = List.of(
                fixture.rollUp(generation, 256, 1, 0),
                fixture.rollUp(generation, 65536, 1, 0),
                fixture.refused(generation, 1, 41),
                fixture.names(generation, 1, 25),
                fixture.names(generation, 1, 33));
        List<ObjectKey> unknown = List.of(
                ObjectKey.of("main/1/index/00000001/1024/000000010000000000000000.zst"),
                ObjectKey.of("main/1/broken/00000001000000000000000C.zst"),
                ObjectKey.of("main/1/catalog/00000001/newer.zst"),
                ObjectKey.of("main/1/catalog/v2/0000000000000000." + "a".repeat(64) + ".zst"));
        unknown.forEach(key -> fixture.put(generation, key, "?"));

        ExpireReport report = fixture.task(newest(2)).run();

        assertThat(report.companions()).isEqualTo(4);
        assertThat(left())
                .doesNotContainAnyElementsOf(goes.stream().map(ObjectKey::value).toList())
                .containsAll(stays.stream().map(ObjectKey::value).toList())
                .containsAll(unknown.stream().map(ObjectKey::value).toList());
    }

    @Test
    void a_plan_changes_nothing_and_is_what_the_run_does() {
        List<String> before = left();

        ExpirePlan plan = fixture.task(newest(2)).plan();

        assertThat(left()).isEqualTo(before);
        assertThat(going(plan)).extracting(BackupVerdict::id).containsExactly(id(1), id(2));
        assertThat(fixture.task(newest(2)).run().plan().retention().generations())
                .isEqualTo(plan.retention().generations());
    }

    @Test
    @DisplayName("Class 11: after a major upgrade the newest backups are the newest of all generations")
    void all_generations_are_looked_at() {
        Generation upgraded = fixture.generation(2);
        fixture.wal(upgraded, 6, 1, 1, 3);

        ExpireReport before = fixture.task(newest(2)).run();
        assertThat(before.deletedBackups()).extracting(ExpireReport.Deleted::id).containsExactly(id(1), id(2));
        assertThat(left()).containsAll(segments(2, 1, 1, 3));

        fixture.backup(upgraded, 7, 1, 3);
        fixture.clock.set(day(8));
        ExpireReport after = fixture.task(newest(2)).run();

        assertThat(after.deletedBackups()).containsExactly(new ExpireReport.Deleted(1, id(3)));
        assertThat(left())
                .contains("main/2/backup/" + id(7) + "/manifest.jsonl.zst")
                .containsAll(segments(1, 1, 40, 44))
                .contains(segments(2, 1, 3, 3).get(0))
                .doesNotContainAnyElementsOf(segments(2, 1, 1, 2));

        fixture.task(newest(1)).run();
        assertThat(left()).contains("main/1/cluster.json").noneMatch(key -> key.startsWith("main/1/wal/"));
    }

    @Test
    @DisplayName("Class 26: what a running restore needs stays, and a day longer")
    void a_backup_that_is_being_restored_stays() {
        Lease restore = RestoreLease.take(generation, id(2), HERE, fixture.clock);

        assertThat(fixture.task(newest(1)).run().deletedBackups())
                .extracting(ExpireReport.Deleted::id)
                .containsExactly(id(1), id(3));
        assertThat(left()).containsAll(segments(1, 1, 20, 44)).doesNotContainAnyElementsOf(segments(1, 1, 5, 19));

        restore.close();
        fixture.clock.advance(Duration.ofHours(23));
        assertThat(fixture.task(newest(1)).run().deletedBackups()).isEmpty();
        fixture.clock.advance(Duration.ofHours(2));
        assertThat(fixture.task(newest(1)).run().deletedBackups()).hasSize(1);
        assertThat(left()).noneMatch(key -> key.contains("/lease/")).doesNotContainAnyElementsOf(segments(1, 1, 5, 39));
    }

    @Test
    @DisplayName(
            "Class 26: a restore that begins while expire runs is seen before its backup goes, and before its WAL does")
    void a_restore_that_begins_meanwhile_is_seen() {
        AtomicBoolean begun = new AtomicBoolean();
        RefusingStore store = new RefusingStore(fixture.store, key -> false, () -> {
            if (begun.compareAndSet(false, true)) {
                RestoreLease.take(generation, id(1), HERE, fixture.clock);
                RestoreLease.take(generation, id(2), HERE, fixture.clock);
            }
        });

        ExpireReport report = fixture.task(store, newest(1)).run();

        // the manifest of the first was just being deleted: its data and WAL stay for who has read it
        assertThat(report.deletedBackups()).extracting(ExpireReport.Deleted::id).containsExactly(id(3));
        assertThat(report.spared()).extracting(ExpireReport.Spared::id).containsExactly(id(1), id(2));
        assertThat(left())
                .contains("main/1/backup/" + id(1) + "/data/0000/000000.tar.zst")
                .contains("main/1/backup/" + id(2) + "/manifest.jsonl.zst")
                .containsAll(segments(1, 1, 10, 44));

        // nor does another run take away the WAL of the one without a manifest
        fixture.task(newest(1)).run();
        assertThat(left())
                .contains("main/1/backup/" + id(1) + "/data/0000/000000.tar.zst")
                .containsAll(segments(1, 1, 10, 44));
    }

    @Test
    void records_of_past_rounds_of_a_sampled_verification_go_and_the_newest_stays() {
        List<ObjectKey> goes = List.of(
                sample("all", 4, 0, 3, "done"),
                sample("all", 4, 1, 0, "claimed"),
                sample("all", 4, 1, 0, "done"),
                sample(id(9).value(), 4, 0, 0, "claimed"),
                sample(id(9) + "-keyless", 4, 0, 0, "claimed"));
        List<ObjectKey> stays = List.of(
                sample("all", 4, 2, 0, "claimed"),
                sample("all", 4, 2, 0, "done"),
                sample("all", 4, 2, 1, "claimed"),
                sample("all", 20, 1, 7, "claimed"),
                sample(id(4).value(), 4, 0, 0, "claimed"),
                sample(id(4) + "-keyless", 4, 0, 0, "claimed"),
                ObjectKey.of("main/1/verify/all/4/newer/000.done"));
        goes.forEach(key -> fixture.put(generation, key, "{}"));
        stays.forEach(key -> fixture.put(generation, key, "{}"));

        assertThat(fixture.task(newest(2)).plan().endedMarks()).containsExactlyInAnyOrderElementsOf(goes);
        fixture.task(newest(2)).run();

        assertThat(left())
                .doesNotContainAnyElementsOf(goes.stream().map(ObjectKey::value).toList())
                .containsAll(stays.stream().map(ObjectKey::value).toList());
    }

    private ObjectKey sample(String scope, int parts, int round, int part, String state) {
        return generation.layout().sample(scope, parts, round, part, state);
    }

    @Test
    void a_pin_that_is_put_on_anew_while_expire_runs_stays() {
        Pins pins = new Pins(generation);
        pins.add(new Pin(id(3), "the audit", day(1), Optional.of(day(2))));
        Pin anew = new Pin(id(3), "another audit", day(5), Optional.empty());
        AtomicBoolean pinned = new AtomicBoolean();
        RefusingStore store = new RefusingStore(fixture.store, key -> false, () -> {
            if (pinned.compareAndSet(false, true)) {
                pins.remove(id(3));
                pins.add(anew);
            }
        });

        fixture.task(store, newest(1)).run();

        assertThat(pins.list()).containsOnlyKeys(id(3)).containsValue(anew);
    }

    @Test
    void a_pin_waits_for_an_expiry_that_began_before_it_and_says_when_the_backup_is_gone() throws Exception {
        Lease expiry = Lease.acquire(generation, BackupCatalog.LEASE, BackupCatalog.EXPIRY, HERE, fixture.clock);
        Pin pin = new Pin(id(2), "wait", day(5), Optional.empty());
        Pin gone = new Pin(id(1), "too late", day(5), Optional.empty());

        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> pinTask(Duration.ZERO, Progress.NONE).run(pin))
                .withMessageContaining("the pin is set, but an expire")
                .extracting(PgpitrException::exitCode)
                .isEqualTo(ExitCode.LOCKED);
        new Pins(generation).remove(id(2));
        List<String> said = new ArrayList<>();
        pinTask(Duration.ofHours(1), new Hearing(line -> {
                    said.add(line);
                    expiry.close();
                }))
                .run(pin);
        assertThat(said).singleElement().asString().contains("waiting");
        assertThat(new Pins(generation).list()).containsOnlyKeys(id(2));

        Lease another = Lease.acquire(generation, BackupCatalog.LEASE, BackupCatalog.EXPIRY, HERE, fixture.clock);
        PinTask tooLate = pinTask(Duration.ofHours(1), new Hearing(line -> {
            new BackupCatalog(generation).deleteManifest(id(1), another);
            another.close();
        }));
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> tooLate.run(gone))
                .withMessageContaining("there is no backup " + id(1));
    }

    private record Hearing(Consumer<String> hears) implements Progress {
        @Override
        public void begin(String what, long totalBytes) {}

        @Override
        public void advance(long bytes) {}

        @Override
        public void end() {}

        @Override
        public void say(String line) {
            hears.accept(line);
        }
    }

    private PinTask pinTask(Duration patience, Progress progress) {
        return new PinTask(generation, patience, progress, fixture.clock);
    }

    @Test
    void pins_keep_a_backup_until_they_end() {
        Pins pins = new Pins(generation);
        pins.add(new Pin(id(1), "the audit", day(5), Optional.of(day(9))));

        assertThat(fixture.task(newest(1)).run().deletedBackups())
                .extracting(ExpireReport.Deleted::id)
                .containsExactly(id(2), id(3));
        assertThat(left()).containsAll(segments(1, 1, 10, 44));

        fixture.clock.set(day(9));
        assertThat(fixture.task(newest(1)).run().deletedBackups()).hasSize(1);
        assertThat(pins.list()).isEmpty();
    }

    @Test
    void a_pin_that_comes_while_expire_runs_is_seen() {
        AtomicBoolean pinned = new AtomicBoolean();
        RefusingStore store = new RefusingStore(fixture.store, key -> false, () -> {
            if (pinned.compareAndSet(false, true)) {
                new Pins(generation).add(new Pin(id(2), "wait", day(5), Optional.empty()));
            }
        });

        ExpireReport report = fixture.task(store, newest(1)).run();

        assertThat(report.spared())
                .containsExactly(new ExpireReport.Spared(1, id(2), "it was pinned just now: wait", Optional.empty()));
        assertThat(left()).containsAll(segments(1, 1, 20, 44));
    }

    @Test
    void a_backup_whose_manifest_the_store_keeps_keeps_its_wal() {
        Predicate<ObjectKey> locked = key -> key.value().contains(id(2) + "/manifest");

        ExpireReport report = fixture.task(new RefusingStore(fixture.store, locked, () -> {}), newest(1))
                .run();

        assertThat(report.outcome().survivors()).singleElement().asString().contains(id(2) + "/manifest");
        assertThat(report.deletedBackups()).extracting(ExpireReport.Deleted::id).containsExactly(id(1), id(3));
        assertThat(left())
                .contains("main/1/backup/" + id(2) + "/data/0000/000000.tar.zst")
                .containsAll(segments(1, 1, 20, 44))
                .doesNotContainAnyElementsOf(segments(1, 1, 5, 19));
    }

    @Test
    void locked_objects_are_told_and_the_rest_goes() {
        Predicate<ObjectKey> locked =
                key -> key.value().contains("/wal/") && key.value().contains("000C.zst")
                        || key.value().contains(id(1) + "/data/0000/000001");

        ExpireReport report = fixture.task(new RefusingStore(fixture.store, locked, () -> {}), newest(1))
                .run();

        assertThat(report.outcome().survivors()).hasSize(2);
        assertThat(left()).filteredOn(key -> key.contains(id(1).value())).hasSize(1);
        fixture.task(newest(1)).run();
        assertThat(left()).noneMatch(key -> key.contains(id(1).value()) || key.contains("000C.zst"));
    }

    @Test
    void credentials_that_may_not_delete_are_an_error() {
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> fixture.task(new RefusingStore(fixture.store, key -> true, () -> {}), newest(1))
                        .run())
                .withMessageStartingWith("memory: refuses to delete anything, such as main/1/")
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.STORAGE_UNAVAILABLE));
    }

    @Test
    void an_expiry_that_finds_nothing_but_locks_is_none_that_failed() {
        Refusal lock = new Refusal(Refusal.Cause.LOCKED, Optional.of(day(9)));

        ExpireReport report = fixture.task(new RefusingStore(fixture.store, key -> true, lock, () -> {}), newest(1))
                .run();

        assertThat(report.deletedBackups()).isEmpty();
        assertThat(report.spared()).isNotEmpty().allSatisfy(spared -> {
            assertThat(spared.reason()).isEqualTo("the store keeps its manifest locked");
            assertThat(spared.lockedUntil()).hasValue(day(9));
        });
        assertThat(report.outcome().refused().values()).isNotEmpty().containsOnly(lock);
        assertThat(left()).containsAll(segments(1, 1, 10, 44));
    }

    @Test
    void nothing_goes_while_a_backup_is_taken() {
        fixture.put(generation, generation.layout().data(id(5).value(), 0, 0), "so far");
        try (Lease backup = Lease.acquire(
                generation, BackupCatalog.LEASE, "backup", new LeaseHolder("db2", "", "", 1, ""), fixture.clock)) {
            assertThat(backup.name()).isEqualTo("backup");
            assertThatExceptionOfType(PgpitrException.class)
                    .isThrownBy(() -> fixture.task(newest(1)).run())
                    .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
            assertThat(fixture.task(newest(1)).plan().retention().generation(1).leftovers())
                    .singleElement()
                    .satisfies(left -> assertThat(left.stays()).isTrue());
        }
    }

    @Test
    void expire_waits_for_a_backup_that_is_being_taken() throws Exception {
        Lease backup = Lease.acquire(
                generation, BackupCatalog.LEASE, "backup", new LeaseHolder("db2", "", "", 1, ""), fixture.clock);
        CountDownLatch waiting = new CountDownLatch(1);
        Progress heard = new Progress() {
            @Override
            public void begin(String what, long bytes) {}

            @Override
            public void advance(long bytes) {}

            @Override
            public void say(String line) {
                assertThat(line).startsWith("waiting, for at most 10min: the lease \"backup\" is held");
                waiting.countDown();
            }

            @Override
            public void end() {}
        };
        ExpireTask task = new ExpireTask(fixture.repository(), newest(2), Optional.empty(), heard, fixture.clock);
        FutureTask<ExpireReport> run = new FutureTask<>(() -> task.run(Duration.ofMinutes(10)));
        new Thread(run).start();
        waiting.await();
        backup.close();

        assertThat(run.get().deletedBackups()).hasSize(2);
    }

    @Test
    void what_an_interrupted_backup_left_goes() {
        fixture.put(generation, generation.layout().data(id(5).value(), 0, 0), "so far");

        assertThat(fixture.task(newest(4)).plan().retention().generation(1).leftovers())
                .singleElement()
                .satisfies(left -> assertThat(left.leftover().bytes()).isEqualTo(6));
        fixture.task(newest(4)).run();

        assertThat(left()).noneMatch(key -> key.contains(id(5).value()));
    }

    @Test
    void what_is_not_understood_is_never_touched() {
        List<String> unknown = List.of(
                "main/1/wal/00000001/00000000/00000001000000000000000A.zst.age",
                "main/1/wal/00000001/00000000/notes",
                "main/1/index/00000001.zst",
                "main/1/pin/something",
                "main/1/backup/of-another-kind/manifest",
                "main/1/backup/" + id(1) + "/notes",
                "main/1/backup/" + id(5) + "/notes",
                "main/1/backup/" + id(5) + "/data/0000/000000.tar.zst",
                "other/1/wal/00000001/00000000/00000001000000000000000A.zst");
        unknown.forEach(key -> fixture.put(generation, ObjectKey.of(key), "?"));
        fixture.put(generation, generation.layout().pin(id(3).value()), "{\"pgpitr\":2,\"keep\":\"for ever\"}");
        fixture.wal(generation, 1, 7, 1, 3);
        fixture.clock.set(day(5));

        ExpireReport report = fixture.task(newest(1)).run();

        assertThat(report.deletedBackups()).extracting(ExpireReport.Deleted::id).containsExactly(id(1), id(2));
        assertThat(left()).containsAll(unknown).containsAll(segments(1, 7, 1, 3));
        assertThat(report.plan().retention().generation(1).unknownObjects()).isEqualTo(2);
        assertThat(left().stream().filter(key -> key.contains(id(1).value())))
                .containsExactly("main/1/backup/" + id(1) + "/notes");
        assertThat(fixture.task(newest(1))
                        .run()
                        .plan()
                        .retention()
                        .generation(1)
                        .leftovers())
                .hasSize(2)
                .allSatisfy(verdict -> assertThat(verdict.reasons())
                        .containsExactly(new Reason(
                                Reason.Kind.UNKNOWN,
                                "pgpitr does not know object main/1/backup/"
                                        + verdict.leftover().id()
                                        + "/notes, and what can't be understood stays")));
        assertThat(left()).containsAll(unknown);
    }

    @Test
    void a_backup_of_a_newer_version_keeps_all_wal_of_its_generation() {
        List<String> newer = List.of(
                "main/1/backup/" + id(1).next() + "/catalog.v2.zst",
                "main/1/backup/" + id(1).next() + "/data/0000/000000.tar.zst",
                "main/1/backup/" + id(1).next() + "/manifest.v2.zst");
        newer.forEach(key -> fixture.put(generation, ObjectKey.of(key), "?"));

        ExpireReport report = fixture.task(newest(1)).run();

        assertThat(report.deletedBackups()).extracting(ExpireReport.Deleted::id).containsExactly(id(1), id(2), id(3));
        assertThat(report.walFiles()).isZero();
        assertThat(left()).containsAll(newer).containsAll(segments(1, 1, 5, 44));
        assertThat(report.plan().retention().generation(1).backups()).anySatisfy(verdict -> {
            assertThat(verdict.id()).isEqualTo(id(1).next());
            assertThat(verdict.stays()).isTrue();
            assertThat(verdict.defect())
                    .contains("its manifest, object " + newer.get(2) + ", is of no format known here");
        });
    }

    @Test
    void a_backup_that_can_not_be_read_keeps_all_wal_of_its_generation() {
        ObjectKey manifest = generation.layout().manifest(id(1).value());
        fixture.store.delete(List.of(manifest));
        fixture.put(generation, manifest, "something newer");

        ExpireReport report = fixture.task(newest(1)).run();

        assertThat(report.deletedBackups()).extracting(ExpireReport.Deleted::id).containsExactly(id(2), id(3));
        assertThat(report.walFiles()).isZero();
        assertThat(left()).contains(manifest.value()).containsAll(segments(1, 1, 5, 44));
    }

    @Test
    @DisplayName("Class 33: a backup whose WAL was dropped counts for nothing, and the last good one stays")
    void where_no_backup_can_be_recovered_nothing_goes() {
        BackupSummary newest = fixture.backup(generation, 6, 1, 60);
        fixture.clock.set(day(7));
        assertThat(fixture.task(newest(1)).run().deletedBackups())
                .extracting(ExpireReport.Deleted::id)
                .containsExactly(id(1), id(2), id(3), newest.id());

        fixture.store.delete(segments(1, 1, 40, 44).stream().map(ObjectKey::of).toList());
        List<String> before = left();
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> fixture.task(newest(1)).run())
                .withMessage("no backup can be recovered, so nothing is deleted")
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TARGET_UNREACHABLE));
        assertThat(left()).isEqualTo(before);
    }

    @Test
    void a_backup_of_which_objects_are_missing_takes_no_place_of_a_whole_one() {
        BackupId id = id(5);
        try (ManifestWriter writer = new ManifestWriter(generation, id)) {
            BackupSummary like = new BackupCatalog(generation).find(id(4));
            writer.commit(ExpireFixture.withLanes(like, id, 1), List.of(new LaneTotals(0, 1, 0, 512, 100)));
        }

        assertThat(fixture.task(newest(1)).run().deletedBackups())
                .extracting(ExpireReport.Deleted::id)
                .containsExactly(id(1), id(2), id(3), id(5));
    }

    @Test
    @DisplayName("Class 12: WAL of a cluster without a backup stays")
    void without_a_backup_nothing_goes() {
        Generation fresh = new ExpireFixture().generation(1);
        ExpireFixture other = new ExpireFixture();
        other.wal(other.generation(1), 1, 1, 1, 5);

        assertThat(other.task(newest(1)).run().walFiles()).isZero();
        assertThat(other.keys()).containsAll(segments(1, 1, 1, 5));
        assertThat(fresh.number()).isEqualTo(1);
    }

    @Test
    void stale_temporary_files_on_a_disk_go(@TempDir Path folder) throws IOException {
        Path wal = Files.createDirectories(folder.resolve("main/1/wal/00000001/00000000"));
        Path stale = Files.writeString(wal.resolve(".01234567-89ab-cdef-0123-456789abcdef.tmp"), "half");
        Path young = Files.writeString(wal.resolve(".11234567-89ab-cdef-0123-456789abcdef.tmp"), "half");
        Files.setLastModifiedTime(stale, FileTime.from(day(3)));
        Files.setLastModifiedTime(young, FileTime.from(day(5)));
        ExpireTask task = new ExpireTask(
                fixture.repository(), newest(4), Optional.of(new StaleFiles(folder)), Progress.NONE, fixture.clock);

        assertThat(task.plan().staleFiles()).containsExactly(new StaleFiles.Stale(stale, 4));
        task.run();

        assertThat(stale).doesNotExist();
        assertThat(young).exists();
    }
}
