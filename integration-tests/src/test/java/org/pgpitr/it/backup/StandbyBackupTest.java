package org.pgpitr.it.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.it.cluster.Clusters;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.memory.MemoryStore;

/** Backups of a standby whose primary archives, on the oldest and the newest major. */
@ParameterizedClass
@MethodSource("org.pgpitr.it.backup.BackupTest#majors")
class StandbyBackupTest {
    private static Workspace work;
    private static PostgresInstance primary;
    private static TestArchiver archiver;
    private static Generation generation;

    @Parameter
    int major;

    private PostgresInstance standby;
    private final HeardProgress heard = new HeardProgress();

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        work = new Workspace();
        archiver = new TestArchiver(work.folder("archive"), work.user());
        archiver.refuse(file -> true);
        primary = work.instance("primary", Majors.binaries(major))
                .initdb(InitdbOptions.standard().with(new WalSegmentSize(1 << 20)))
                .set("fsync", "off")
                .set("archive_mode", "on")
                .set("archive_command", archiver.command())
                .set("autovacuum", "off")
                .start();
        generation = BackedUp.generation(primary, new MemoryStore());
        archiver.into(generation);
        primary.execute("create table t as select i, md5(i::text) t from generate_series(1, 20000) i");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        work.close();
        archiver.close();
    }

    @BeforeEach
    void aStandby() {
        archiver.into(generation);
        standby = Clusters.standby(work, primary, "standby-" + System.nanoTime());
        switchAndFollow();
    }

    private void switchAndFollow() {
        primary.execute("insert into t values (0, 'more')", "select pg_switch_wal()", "checkpoint");
        Clusters.awaitReplay(primary, standby);
    }

    @Test
    void a_standby_is_a_source_while_its_primary_archives() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (int i = 0; !enough.get(); i++) {
                primary.execute("insert into t select " + i + ", md5(random()::text) from generate_series(1, 500)");
            }
        });
        writer.start();
        BackupSummary backup;
        long before;
        try {
            before = Long.parseLong(standby.query("select count(*) from t"));
            backup = BackedUp.take(standby, generation, BackedUp.OPTIONS, heard);
        } finally {
            enough.set(true);
            writer.join();
        }

        assertThat(backup.source()).isEqualTo(BackupSummary.Source.STANDBY);
        assertThat(BackedUp.listed(generation)).contains(backup.id());
        PostgresInstance copy = work.instance("copy", Majors.binaries(major));
        BackedUp.restore(
                generation,
                backup,
                new RecoveryTarget.Immediate(),
                copy.dataDirectory(),
                Map.of(),
                archiver.restoreCommand());
        copy.start().awaitRecovered();
        assertThat(Long.parseLong(copy.query("select count(*) from t"))).isGreaterThanOrEqualTo(before);
        copy.close();
        standby.close();
    }

    @Test
    void it_waits_for_an_idle_primary_and_says_what_hurries_it() {
        Progress switching = new Progress() {
            @Override
            public void begin(String what, long totalBytes) {}

            @Override
            public void advance(long bytes) {}

            @Override
            public void end() {}

            @Override
            public void say(String line) {
                heard.say(line);
                if (line.contains("pg_switch_wal")) {
                    primary.execute("select pg_switch_wal()");
                }
            }
        };
        primary.execute("insert into t values (1, 'the last segment is not full')", "checkpoint");
        Clusters.awaitReplay(primary, standby);

        BackupSummary backup = BackedUp.take(standby, generation, BackedUp.OPTIONS, switching);

        assertThat(BackedUp.listed(generation)).contains(backup.id());
        assertThat(heard.lines)
                .anyMatch(line -> line.startsWith("waiting for WAL segment " + backup.stopSegment())
                        && line.contains("`select pg_switch_wal()` on the primary hurries it"));
        standby.close();
    }

    @Test
    void a_promotion_during_the_backup_fails_it() {
        int listed = BackedUp.listed(generation).size();

        PgpitrException failure = catchThrowableOfType(
                PgpitrException.class,
                () -> BackedUp.take(standby, generation, BackedUp.OPTIONS, new HeardProgress(standby::promote)));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.POSTGRES_UNAVAILABLE);
        assertThat(failure).hasMessageContaining("the backup is void");
        assertThat(BackedUp.listed(generation)).hasSize(listed);
        standby.close();
    }

    @Test
    void without_the_primary_s_archiving_it_fails_before_anything_is_copied() {
        archiver.refuse(file -> true);
        switchAndFollow();
        HeardProgress progress = new HeardProgress(() -> {
            throw new AssertionError("the copying began");
        });

        PgpitrException failure = catchThrowableOfType(
                PgpitrException.class,
                () -> BackedUp.take(
                        standby, generation, BackedUp.OPTIONS.withArchiveTimeout(Duration.ofSeconds(2)), progress));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(failure.hint().orElseThrow()).contains("it has to come from the primary");
        standby.close();
    }

    @Test
    void the_standby_s_directory_is_not_taken_for_the_primary_s() {
        PgpitrException failure = catchThrowableOfType(
                PgpitrException.class,
                () -> BackedUp.take(
                        primary, generation, BackedUp.OPTIONS.withDataDirectory(standby.dataDirectory()), heard));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(failure).hasMessageContaining("is not the data directory of this server");
        standby.close();
    }
}
