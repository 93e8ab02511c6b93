package org.pgpitr.it.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.DamagedPage;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.Tablespace;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.service.backup.BackupOptions;
import org.pgpitr.service.backup.OnDamage;
import org.pgpitr.storage.memory.MemoryStore;

/** Backups of a primary, on the oldest and the newest major. */
@ParameterizedClass
@MethodSource("majors")
class BackupTest {
    private static Workspace work;
    private static PostgresInstance primary;
    private static TestArchiver archiver;

    @Parameter
    int major;

    private Generation generation;
    private final HeardProgress heard = new HeardProgress();

    static Stream<Integer> majors() {
        return Majors.all().filter(each -> each == Majors.OLDEST || each == Majors.newest());
    }

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        work = new Workspace();
        archiver = new TestArchiver(work.folder("archive"), work.user());
        primary = work.instance("primary", Majors.binaries(major))
                .initdb(InitdbOptions.standard().with(new WalSegmentSize(1 << 20)))
                .set("fsync", "off")
                .set("archive_mode", "on")
                .set("archive_command", archiver.command())
                .set("autovacuum", "off");
        archiver.refuse(file -> true); // until a test says where to
        primary.start();
        primary.execute("create table filler as select i, md5(i::text) t from generate_series(1, 20000) i");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        work.close();
        archiver.close();
    }

    @BeforeEach
    void aNewRepository() {
        generation = BackedUp.generation(primary, new MemoryStore());
        archiver.into(generation);
    }

    private BackupSummary take(BackupOptions options) {
        return BackedUp.take(primary, generation, options, heard);
    }

    private PostgresInstance recovered(String name, BackupSummary backup, Map<String, Path> tablespaces) {
        return restored(name, backup, tablespaces).start().awaitRecovered();
    }

    private PostgresInstance restored(String name, BackupSummary backup, Map<String, Path> tablespaces) {
        PostgresInstance copy = work.instance(name, Majors.binaries(major));
        BackedUp.restore(
                generation,
                backup,
                new RecoveryTarget.Immediate(),
                copy.dataDirectory(),
                tablespaces,
                archiver.restoreCommand());
        return copy;
    }

    /** A client that is connected beyond the test's own question would be a session that was not closed. */
    private static void assertNoSessionLeft() {
        primary.await(
                "the end of the backup's sessions",
                () -> primary.query("select count(*) from pg_stat_activity"
                                + " where backend_type = 'client backend' and pid <> pg_backend_pid()")
                        .equals("0"));
    }

    private void assertNothingLeft() {
        assertThat(BackedUp.listed(generation)).isEmpty();
        assertThat(BackedUp.objects(generation)).isEmpty();
        assertNoSessionLeft();
    }

    @Test
    void a_backup_under_write_load_recovers_every_row_that_was_committed_before_its_end() throws Exception {
        primary.execute("drop table if exists t", "create table t (i bigint primary key, filler text)");
        AtomicBoolean enough = new AtomicBoolean();
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            try (Connection connection = primary.connect();
                    var insert =
                            connection.prepareStatement("insert into t select ?, repeat(md5(random()::text), 20)")) {
                for (long i = 1; !enough.get(); i++) {
                    insert.setLong(1, i);
                    insert.executeUpdate();
                    if (i % 500 == 0) {
                        Sql.execute(connection, "update filler set t = md5(t) where i % 50 = " + i / 500 % 50);
                    }
                }
            } catch (Exception e) {
                failure.set(e);
            }
        });
        writer.start();
        BackupSummary backup;
        long committedBefore;
        try {
            committedBefore = Long.parseLong(primary.query("select count(*) from t"));
            backup = take(BackedUp.OPTIONS.withLabel("under load"));
        } finally {
            enough.set(true);
            writer.join();
        }
        assertThat(failure.get()).isNull();

        assertThat(backup.label()).isEqualTo("under load");
        assertThat(backup.source()).isEqualTo(BackupSummary.Source.PRIMARY);
        assertThat(backup.major().value()).isEqualTo(major);
        assertThat(backup.checksums()).isEqualTo(BackupSummary.Checksums.ON);
        assertThat(backup.damagedPages()).isEmpty();
        assertThat(backup.stopLsn().isAfter(backup.startLsn())).isTrue();
        assertThat(backup.originalBytes()).isGreaterThan(5_000_000).isGreaterThan(backup.storedBytes());
        assertThat(BackedUp.listed(generation)).containsExactly(backup.id());
        try (PostgresInstance copy = recovered("under-load", backup, Map.of())) {
            long rows = Long.parseLong(copy.query("select count(*) from t"));
            assertThat(rows).isGreaterThanOrEqualTo(committedBefore);
            assertThat(copy.query("select max(i) from t")).isEqualTo(Long.toString(rows));
            assertThat(copy.query("select count(*) from filler where i > 0")).isEqualTo("20000");
        }
    }

    @Test
    void class_21_the_repository_holds_every_segment_up_to_the_byte_before_the_end() {
        BackupSummary backup = take(BackedUp.OPTIONS);

        WalArchive archive = new WalArchive(generation);
        WalSegmentName segment = backup.startSegment();
        for (; segment.compareTo(backup.stopSegment()) <= 0; segment = segment.next(backup.segmentSize())) {
            assertThat(archive.contains(segment)).as(segment.toString()).isTrue();
        }
        assertThat(backup.stopSegment().start(backup.segmentSize()).isBefore(backup.stopLsn()))
                .isTrue();
        assertThat(backup.stopSegment().end(backup.segmentSize()).isBefore(backup.stopLsn()))
                .isFalse();
    }

    @Test
    void class_24_slots_statistics_and_the_pid_file_are_not_in_the_backup() {
        primary.execute("select pg_create_physical_replication_slot('stays_here')");
        try {
            Map<String, ManifestEntry> entries =
                    BackedUp.entries(generation, take(BackedUp.OPTIONS).id());

            assertThat(entries.keySet())
                    .contains("pg_replslot", "pg_wal", "pg_wal/archive_status", "PG_VERSION", "backup_label")
                    .noneMatch(path -> path.startsWith("pg_replslot/")
                            || path.startsWith("postmaster.")
                            || path.matches("pg_wal/[0-9A-F]{24}"));
            ManifestEntry control = entries.get("global/pg_control");
            int lastLane = entries.values().stream()
                    .mapToInt(entry -> entry.position().orElseThrow().lane())
                    .max()
                    .orElseThrow();
            assertThat(control.position().orElseThrow().lane()).isEqualTo(lastLane);
            assertThat(entries.get("base").mode()).isEqualTo(0700);
        } finally {
            primary.execute("select pg_drop_replication_slot('stays_here')");
        }
    }

    @Test
    void class_29_wal_that_does_not_get_into_the_repository_during_the_backup_fails_it() {
        HeardProgress progress = new HeardProgress(() -> {
            AtomicBoolean first = new AtomicBoolean(true);
            archiver.swallow(file -> file.length() == 24 && first.getAndSet(false));
            primary.execute("select pg_switch_wal()", "insert into filler values (0, 'x')", "select pg_switch_wal()");
        });

        PgpitrException failure = catchThrowableOfType(
                PgpitrException.class, () -> BackedUp.take(primary, generation, BackedUp.OPTIONS, progress));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(failure)
                .hasMessageContaining("PostgreSQL has archived WAL segment")
                .hasMessageContaining("but not into");
        assertNothingLeft();
    }

    @Test
    void without_working_archiving_it_fails_before_anything_is_copied() {
        archiver.refuse(file -> true);
        HeardProgress progress = new HeardProgress(() -> {
            throw new AssertionError("the copying began");
        });

        PgpitrException failure = catchThrowableOfType(
                PgpitrException.class,
                () -> BackedUp.take(
                        primary, generation, BackedUp.OPTIONS.withArchiveTimeout(Duration.ofSeconds(2)), progress));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(failure).hasMessageContaining("did not arrive").hasMessageContaining("within 2 s");
        assertThat(failure.hint().orElseThrow()).containsAnyOf("failed at", "server's log");
        assertThat(progress.lines).anyMatch(line -> line.startsWith("waiting for WAL segment"));
        assertNothingLeft();
    }

    @Test
    void an_archive_command_that_only_pretends_is_found_out_at_once() {
        archiver.swallow(file -> true);

        PgpitrException failure = catchThrowableOfType(
                PgpitrException.class, () -> take(BackedUp.OPTIONS.withArchiveTimeout(Duration.ofHours(1))));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(failure).hasMessageContaining("but not into");
        assertThat(failure.hint().orElseThrow()).contains("pgpitr archive-push");
        assertNothingLeft();
    }

    @Test
    void an_interrupted_backup_leaves_nothing_and_the_next_one_succeeds() {
        Thread taking = Thread.currentThread();

        assertThatThrownBy(() ->
                        BackedUp.take(primary, generation, BackedUp.OPTIONS, new HeardProgress(taking::interrupt)))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();

        assertNothingLeft();
        assertThat(BackedUp.listed(generation)).isEmpty();
        BackupSummary next = take(BackedUp.OPTIONS);
        assertThat(BackedUp.listed(generation)).containsExactly(next.id());
    }

    @Test
    void an_interruption_while_archiving_is_waited_for_stops_it() {
        archiver.refuse(file -> true);
        Thread taking = Thread.currentThread();
        new Thread(() -> {
                    primary.await(
                            "the archiver's failure",
                            () -> !primary.query("select failed_count from pg_stat_archiver")
                                    .equals("0"));
                    taking.interrupt();
                })
                .start();

        assertThatThrownBy(() -> take(BackedUp.OPTIONS.withArchiveTimeout(Duration.ofHours(1))))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertNothingLeft();
    }

    @Test
    void a_second_backup_is_refused_while_one_runs() {
        AtomicReference<PgpitrException> second = new AtomicReference<>();
        HeardProgress progress = new HeardProgress(() -> second.set(catchThrowableOfType(
                PgpitrException.class, () -> BackedUp.take(primary, generation, BackedUp.OPTIONS, heard))));

        BackupSummary first = BackedUp.take(primary, generation, BackedUp.OPTIONS, progress);

        assertThat(second.get().exitCode()).isEqualTo(ExitCode.LOCKED);
        assertThat(BackedUp.listed(generation)).containsExactly(first.id());
    }

    @Test
    void a_backup_that_lost_its_lease_to_another_host_is_not_listed() {
        AtomicReference<Lease> other = new AtomicReference<>();
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        HeardProgress progress = new HeardProgress(() -> other.set(
                Lease.acquire(generation, BackupCatalog.LEASE, "another host's", LeaseHolder.thisProcess(), ahead)));

        PgpitrException failure = catchThrowableOfType(
                PgpitrException.class, () -> BackedUp.take(primary, generation, BackedUp.OPTIONS, progress));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.LOCKED);
        assertThat(BackedUp.listed(generation)).isEmpty();
        other.get().close();
        BackupSummary next = take(BackedUp.OPTIONS);
        assertThat(BackedUp.objects(generation)).allMatch(key -> key.value().contains("/" + next.id() + "/"));
    }

    @Test
    void a_damaged_page_fails_the_backup_unless_told_to_warn() throws Exception {
        primary.execute(
                "drop table if exists damaged",
                "create table damaged as select i, repeat('x', 500) t from generate_series(1, 1000) i",
                "checkpoint");
        String path = primary.query("select pg_relation_filepath('damaged')");
        try (RandomAccessFile file =
                new RandomAccessFile(primary.dataDirectory().resolve(path).toFile(), "rw")) {
            file.seek(3 * 8192 + 5000);
            file.write(0xFF);
        }
        try {
            PgpitrException failure = catchThrowableOfType(PgpitrException.class, () -> take(BackedUp.OPTIONS));
            assertThat(failure.exitCode()).isEqualTo(ExitCode.CORRUPT);
            assertThat(failure).hasMessageContaining(path).hasMessageContaining("block 3");
            assertNothingLeft();

            BackupSummary backup = take(BackedUp.OPTIONS.withOnDamage(OnDamage.WARN));

            assertThat(backup.damagedPages()).containsExactly(new DamagedPage(path, 3));
            assertThat(BackedUp.listed(generation)).containsExactly(backup.id());
            assertThat(heard.lines).anyMatch(line -> line.contains(path) && line.contains("block 3"));
        } finally {
            primary.execute("drop table damaged");
        }
    }

    @Test
    void tablespaces_are_part_of_the_backup() {
        Path location = work.folder("space with blanks");
        primary.execute("create tablespace space location '" + location + "'");
        try {
            primary.execute("create table in_space tablespace space as select generate_series(1, 5000) i");
            BackupSummary backup = take(BackedUp.OPTIONS);

            assertThat(backup.tablespaces())
                    .containsExactly(new Tablespace(
                            Long.parseLong(primary.query("select oid from pg_tablespace where spcname = 'space'")),
                            "space",
                            location.toString()));
            Path elsewhere = work.folder("elsewhere");
            try (PostgresInstance copy = recovered("with-tablespace", backup, Map.of("space", elsewhere))) {
                assertThat(copy.query("select count(*) from in_space")).isEqualTo("5000");
                assertThat(copy.query("select pg_tablespace_location(oid) from pg_tablespace where spcname = 'space'"))
                        .isEqualTo(elsewhere.toString());
            }
        } finally {
            primary.execute("drop table if exists in_space", "drop tablespace space");
        }
    }

    @Test
    void a_tablespace_that_is_created_during_the_backup_is_left_to_replay() {
        Path location = work.folder("late");
        HeardProgress progress = new HeardProgress(() -> primary.execute(
                "create tablespace late location '" + location + "'",
                "create table in_late tablespace late as select generate_series(1, 3000) i"));
        try {
            BackupSummary backup = BackedUp.take(primary, generation, BackedUp.OPTIONS, progress);

            assertThat(backup.tablespaces()).isEmpty();
            assertThat(BackedUp.entries(generation, backup.id()).keySet())
                    .noneMatch(path -> path.startsWith("pg_tblspc/"));
        } finally {
            primary.execute("drop table if exists in_late", "drop tablespace late");
        }
    }

    @Test
    void a_tablespace_in_place_is_part_of_the_backup() {
        try (Connection connection = primary.connect()) {
            Sql.execute(connection, "set allow_in_place_tablespaces = on", "create tablespace inside location ''");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        try {
            primary.execute("create table is_inside tablespace inside as select generate_series(1, 4000) i");
            BackupSummary backup = take(BackedUp.OPTIONS);

            assertThat(backup.tablespaces()).isEmpty();
            assertThat(BackedUp.entries(generation, backup.id()).keySet())
                    .anyMatch(path -> path.matches("pg_tblspc/\\d+/PG_[0-9_]+/\\d+/\\d+"));
            try (PostgresInstance copy = restored("in-place", backup, Map.of())) {
                // PostgreSQL itself asks for that
                copy.set("allow_in_place_tablespaces", "on").start().awaitRecovered();
                assertThat(copy.query("select count(*) from is_inside")).isEqualTo("4000");
            }
        } finally {
            primary.execute("drop table if exists is_inside", "drop tablespace inside");
        }
    }

    @Test
    void another_cluster_s_repository_or_directory_is_refused() {
        PostgresInstance other = work.instance("other", Majors.binaries(major))
                .initdb(InitdbOptions.standard().with(new WalSegmentSize(1 << 20)))
                .start();
        try (other) {
            PgpitrException repository = catchThrowableOfType(
                    PgpitrException.class, () -> BackedUp.take(other, generation, BackedUp.OPTIONS, heard));
            assertThat(repository.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(repository).hasMessageContaining("generation 1");

            PgpitrException directory = catchThrowableOfType(
                    PgpitrException.class, () -> take(BackedUp.OPTIONS.withDataDirectory(other.dataDirectory())));
            assertThat(directory.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(directory).hasMessageContaining("is not the data directory of this server");
        }
        assertNothingLeft();
    }

    @Test
    void a_store_that_keeps_everything_is_no_obstacle() {
        Generation keeping = BackedUp.through(new KeepingStore(generation.store()).store(), generation);
        Thread taking = Thread.currentThread();
        HeardProgress interrupting = new HeardProgress(taking::interrupt);
        assertThatThrownBy(() -> BackedUp.take(primary, keeping, BackedUp.OPTIONS, interrupting))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        generation
                .store()
                .putIfAbsent(
                        generation.layout().data("20200101T000000Z", 0, 0), org.pgpitr.storage.Content.of(new byte[1]));

        BackupSummary backup = BackedUp.take(primary, keeping, BackedUp.OPTIONS, heard, Clock.systemUTC());

        assertThat(heard.lines)
                .anyMatch(line -> line.contains("could not delete") && line.contains("20200101T000000Z"));
        assertThat(BackedUp.listed(generation)).isEqualTo(List.of(backup.id()));
    }

    @Test
    void what_a_killed_backup_left_is_deleted_by_the_next_one() {
        generation
                .store()
                .putIfAbsent(
                        generation.layout().data("20200101T000000Z", 3, 17),
                        org.pgpitr.storage.Content.of(new byte[1]));
        org.pgpitr.storage.ObjectKey newer =
                org.pgpitr.storage.ObjectKey.of(generation.layout().backupPrefix("20200102T000000Z") + "manifest.v2");
        generation.store().putIfAbsent(newer, org.pgpitr.storage.Content.of(new byte[1]));

        BackupSummary backup = take(BackedUp.OPTIONS);

        assertThat(heard.lines)
                .contains("deleted what the interrupted backup 20200101T000000Z left")
                .contains("left backup 20200102T000000Z, which has no manifest, as it is: pgpitr does not know object "
                        + newer);
        assertThat(BackedUp.objects(generation))
                .contains(newer)
                .allMatch(key -> key.equals(newer)
                        || key.value()
                                .startsWith(generation
                                        .layout()
                                        .backupPrefix(backup.id().value())));
    }
}
