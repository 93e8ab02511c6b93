package org.pgpitr.it.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.it.cluster.Clusters;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.check.CheckReport;
import org.pgpitr.service.check.CheckSubject;
import org.pgpitr.service.check.Finding;
import org.pgpitr.service.check.Finding.Verdict;
import org.pgpitr.service.check.Topic;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

/** A sound cluster; each test breaks one thing and looks at what check says. */
class CheckTest {
    private static CheckedCluster sound;
    private static Generation generation;
    private static BackupSummary backup;

    @BeforeAll
    static void start() throws IOException {
        sound = new CheckedCluster(Majors.newest());
        generation = sound.init(sound.repository);
        sound.relay.into(generation);
        backup = sound.backup(generation);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        sound.close();
    }

    @BeforeEach
    void archive_into_the_sound_repository() {
        sound.relay.into(generation);
    }

    /** Otherwise the sound repository would have a hole. */
    private static void archive_into_both(Generation other) {
        sound.relay.into(generation, other);
    }

    @Test
    void a_sound_cluster_has_nothing_but_good_findings() {
        CheckReport report = sound.check();
        assertThat(report.findings()).allMatch(finding -> finding.verdict() == Verdict.OK);
        assertThat(report.findings())
                .extracting(Finding::topic)
                .as("everything is looked at, in order; the stream where one is configured")
                .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(Topic.STREAM)));
        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void a_server_that_is_down_hides_nothing_about_the_repository() {
        sound.primary.stop(StopMode.FAST);
        try {
            CheckReport report = sound.check();
            assertThat(failures(report)).containsExactly(Topic.SERVER);
            assertThat(of(report, Topic.SERVER).detail()).startsWith("PostgreSQL is not running at ");
            assertThat(of(report, Topic.WAL_LEVEL).detail()).isEqualTo("not checked: the server could not be asked");
            for (Topic topic : List.of(
                    Topic.REPOSITORY,
                    Topic.REPOSITORY_WRITE,
                    Topic.CONDITIONAL_WRITES,
                    Topic.CLUSTER,
                    Topic.ENCRYPTION,
                    Topic.BACKUP,
                    Topic.RECOVERY)) {
                assertThat(of(report, topic).verdict()).as(topic.id()).isEqualTo(Verdict.OK);
            }
            assertThat(report.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
        } finally {
            sound.primary.start();
        }
    }

    @Test
    void a_repository_that_is_not_there_hides_nothing_about_the_server() {
        CheckReport report = sound.check(() -> {
            throw new StorageException(
                    StorageException.Kind.NO_SUCH_LOCATION, "there is no bucket \"x\"", "create it", null);
        });
        assertThat(failures(report)).containsExactly(Topic.REPOSITORY);
        assertThat(of(report, Topic.REPOSITORY).hint()).contains("create it");
        assertThat(of(report, Topic.ARCHIVE_COMMAND).verdict()).isEqualTo(Verdict.OK);
        assertThat(of(report, Topic.BACKUP).detail()).startsWith("not checked: ");
    }

    @Test
    void a_cluster_without_its_place_is_told_to_init() {
        Repository empty = new Repository(new MemoryStore(), CheckedCluster.NAME, Keys.none(), 1);
        CheckReport report = sound.check(() -> empty);
        assertThat(failures(report)).containsExactly(Topic.CLUSTER);
        assertThat(of(report, Topic.CLUSTER).hint()).contains("run `pgpitr init`");
        assertThat(of(report, Topic.ARCHIVING).detail()).startsWith("not checked: ");
    }

    @Test
    void the_place_of_another_cluster_is_told() throws Exception {
        try (CheckedCluster other = new CheckedCluster(Majors.newest())) {
            CheckReport report = other.check(() -> sound.repository);
            assertThat(failures(report)).containsExactly(Topic.CLUSTER);
            assertThat(of(report, Topic.CLUSTER).detail()).startsWith("\"main\" is another cluster there: ");

            CheckReport mixed = sound.check(
                    sound::server,
                    () -> sound.repository,
                    Optional.of(other.primary.dataDirectory()),
                    ConditionalWrites.REQUIRED);
            assertThat(failures(mixed)).containsExactly(Topic.DATA_DIRECTORY);
            assertThat(of(mixed, Topic.DATA_DIRECTORY).detail()).contains("; the server has system identifier ");
        }
    }

    @Test
    void the_data_directory_must_be_there() {
        Path nowhere = Path.of("/nowhere/at/all");
        CheckReport report =
                sound.check(sound::server, () -> sound.repository, Optional.of(nowhere), ConditionalWrites.REQUIRED);
        assertThat(failures(report)).containsExactly(Topic.DATA_DIRECTORY);
        assertThat(of(report, Topic.DATA_DIRECTORY).detail())
                .isEqualTo("/nowhere/at/all does not exist on this host; the server's is "
                        + sound.primary.dataDirectory());

        CheckReport unset =
                sound.check(sound::server, () -> sound.repository, Optional.empty(), ConditionalWrites.REQUIRED);
        assertThat(of(unset, Topic.DATA_DIRECTORY).verdict()).isEqualTo(Verdict.NOTE);
        assertThat(unset.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void settings_that_lose_data_are_found() {
        setting("archive_command", "cp %p /srv/%f");
        setting("full_page_writes", "off");
        setting("fsync", "off");
        setting("archive_timeout", "0");
        try {
            CheckReport report = sound.check(
                    sound::server,
                    () -> new Repository(new MemoryStore(), CheckedCluster.NAME, Keys.none(), 1),
                    Optional.of(sound.primary.dataDirectory()),
                    ConditionalWrites.REQUIRED);
            assertThat(failures(report))
                    .containsExactly(Topic.ARCHIVE_COMMAND, Topic.FULL_PAGE_WRITES, Topic.FSYNC, Topic.CLUSTER);
            assertThat(of(report, Topic.ARCHIVE_COMMAND).hint())
                    .get()
                    .asString()
                    .contains("pgpitr archive-push %p");
            assertThat(of(report, Topic.ARCHIVE_TIMEOUT).verdict()).isEqualTo(Verdict.NOTE);
        } finally {
            List.of("archive_command", "full_page_writes", "fsync", "archive_timeout")
                    .forEach(CheckTest::resetSetting);
        }
    }

    @Test
    void a_server_that_does_not_archive_is_told_by_check_and_refused_by_backup() throws Exception {
        try (CheckedCluster other = new CheckedCluster(Majors.newest())) {
            Generation own = other.init(other.repository);
            other.relay.into(own);
            other.primary
                    .set("wal_level", "minimal")
                    .set("max_wal_senders", "0")
                    .set("archive_mode", "off");
            other.primary.stop(StopMode.FAST).start();

            CheckReport report = other.check();
            assertThat(failures(report)).containsExactly(Topic.WAL_LEVEL, Topic.ARCHIVE_MODE, Topic.BACKUP);
            assertThat(of(report, Topic.WAL_LEVEL).hint()).get().asString().startsWith("set wal_level = replica");
            assertThat(of(report, Topic.ARCHIVE_MODE).hint())
                    .contains("set archive_mode = on and restart the server, or stream: see docs/streaming.md");
            assertThat(report.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
            assertRefused("wal_level is minimal, so WAL is not archived", () -> other.backup(own));

            other.primary.set("wal_level", "replica").stop(StopMode.FAST).start();
            assertThat(failures(other.check())).containsExactly(Topic.ARCHIVE_MODE, Topic.BACKUP);
            assertRefused("archive_mode is off, so WAL is not archived", () -> other.backup(own));
        }
    }

    private static void assertRefused(String message, ThrowingCallable backup) {
        assertThatThrownBy(backup).isInstanceOfSatisfying(PgpitrException.class, refused -> {
            assertThat(refused).hasMessage(message);
            assertThat(refused.exitCode()).isEqualTo(ExitCode.CHECK_FAILED);
            assertThat(refused.hint()).isPresent();
        });
    }

    @Test
    void a_dead_archiver_is_found_however_green_the_backups_are() throws IOException {
        Files.createFile(sound.relay.flag("broken"));
        try {
            CheckReport report = sound.check(new CheckSubject(
                    sound::server,
                    () -> sound.repository,
                    Optional.of(sound.primary.dataDirectory()),
                    ConditionalWrites.REQUIRED,
                    Duration.ofSeconds(3),
                    Optional.empty()));
            assertThat(failures(report)).containsExactly(Topic.ARCHIVING);
            assertThat(of(report, Topic.ARCHIVING).detail())
                    .contains(" has not arrived within 3 s; the archiver failed with ");
            assertThat(of(report, Topic.BACKUP).verdict()).isEqualTo(Verdict.OK);
            assertThat(sound.waitedFor).last().asString().endsWith(" to arrive in the repository, up to 3 s");

            CheckReport again = sound.check(new CheckSubject(
                    sound::server,
                    () -> sound.repository,
                    Optional.of(sound.primary.dataDirectory()),
                    ConditionalWrites.REQUIRED,
                    Duration.ofSeconds(1),
                    Optional.empty()));
            assertThat(failures(again)).containsExactly(Topic.ARCHIVER, Topic.ARCHIVING);
            assertThat(of(again, Topic.ARCHIVER).detail()).contains(" and has archived nothing since");
        } finally {
            Files.delete(sound.relay.flag("broken"));
            // The archiver sleeps for a minute after three failures
            sound.primary.stop(StopMode.FAST);
            sound.primary.start();
        }
    }

    @Test
    void a_segment_that_only_seems_archived_is_missed() throws IOException {
        Repository other = new Repository(CheckedCluster.copyOf(sound.store), CheckedCluster.NAME, Keys.none(), 1);
        archive_into_both(other.current());
        Files.createFile(sound.relay.flag("lost"));
        try {
            CheckReport lost = sound.check(new CheckSubject(
                    sound::server,
                    () -> other,
                    Optional.of(sound.primary.dataDirectory()),
                    ConditionalWrites.REQUIRED,
                    Duration.ofSeconds(2),
                    Optional.empty()));
            assertThat(failures(lost)).containsExactly(Topic.ARCHIVING);
            assertThat(of(lost, Topic.ARCHIVING).detail()).contains("the archiver reports no failure");
        } finally {
            Files.delete(sound.relay.flag("lost"));
        }
        CheckReport later = sound.check(() -> other);
        assertThat(failures(later)).as("a hole in the WAL").containsExactly(Topic.RECOVERY);
        assertThat(of(later, Topic.RECOVERY).hint()).get().asString().startsWith("take a new backup");

        sound.backup(other.current());
        assertThat(failures(sound.check(() -> other))).isEmpty();
        backup = sound.backup(generation); // the same segment is lost there
    }

    @Test
    void a_backup_without_its_wal_is_no_backup() {
        MemoryStore holed = CheckedCluster.copyOf(sound.store);
        WalSegmentName needed = backup.startSegment();
        assertThat(holed.delete(Set.of(generation.layout().wal(needed))).isComplete())
                .isTrue();
        Repository other = new Repository(holed, CheckedCluster.NAME, Keys.none(), 1);
        archive_into_both(other.current());

        CheckReport report = sound.check(() -> other);
        assertThat(failures(report)).contains(Topic.BACKUP);
        assertThat(of(report, Topic.BACKUP).detail())
                .isEqualTo("the newest, " + backup.id() + ", never becomes consistent: WAL segment " + needed
                        + " is missing");
    }

    @Test
    void wal_without_a_backup_is_not_enough() {
        Repository fresh = new Repository(new MemoryStore(), CheckedCluster.NAME, Keys.none(), 1);
        archive_into_both(sound.init(fresh));
        CheckReport report = sound.check(() -> fresh);
        assertThat(failures(report)).containsExactly(Topic.BACKUP);
        assertThat(of(report, Topic.BACKUP).hint()).contains("run `pgpitr backup`");
    }

    @Test
    void a_damaged_manifest_is_told() {
        MemoryStore damaged = CheckedCluster.copyOf(sound.store);
        ObjectKey manifest = generation.layout().manifest(backup.id().toString());
        assertThat(damaged.delete(Set.of(manifest)).isComplete()).isTrue();
        damaged.putIfAbsent(manifest, org.pgpitr.storage.Content.of(new byte[] {1, 2, 3}));
        Repository other = new Repository(damaged, CheckedCluster.NAME, Keys.none(), 1);
        archive_into_both(other.current());
        CheckReport report = sound.check(() -> other);
        assertThat(failures(report)).contains(Topic.BACKUP);
        assertThat(of(report, Topic.BACKUP).detail()).startsWith("backup " + backup.id() + ": ");
    }

    @Test
    void a_store_that_can_be_read_but_not_written_to_is_told() {
        FaultPlan readOnly =
                FaultPlan.nth(StoreOperation.PUT, 1, FaultPlan.Moment.BEFORE).as(StorageException.Kind.ACCESS_DENIED);
        Repository other = new Repository(new FaultyStore(sound.store, readOnly), CheckedCluster.NAME, Keys.none(), 1);
        CheckReport report = sound.check(() -> other);
        assertThat(failures(report)).containsExactly(Topic.REPOSITORY_WRITE);
        assertThat(of(report, Topic.CONDITIONAL_WRITES).detail())
                .isEqualTo("not checked: the repository can't be written to");
        assertThat(of(report, Topic.ARCHIVING).verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void a_host_that_can_not_read_what_it_writes_is_a_choice() {
        AgeIdentity identity = AgeIdentity.generate();
        MemoryStore encrypted = new MemoryStore();
        Repository writer =
                new Repository(encrypted, CheckedCluster.NAME, Keys.of(List.of(identity.recipient()), List.of()), 1);
        Generation sealed = sound.init(writer);
        archive_into_both(sealed);
        sound.backup(sealed);

        CheckReport blind = sound.check(() -> writer);
        assertThat(failures(blind)).isEmpty();
        assertThat(of(blind, Topic.ENCRYPTION).detail()).isEqualTo("encrypted with age");
        assertThat(of(blind, Topic.READ_BACK).verdict()).isEqualTo(Verdict.NOTE);
        assertThat(of(blind, Topic.BACKUP).detail()).contains("1 backup");

        Repository reader = new Repository(
                encrypted, CheckedCluster.NAME, Keys.of(List.of(identity.recipient()), List.of(identity)), 1);
        CheckReport seeing = sound.check(() -> reader);
        assertThat(seeing.findings()).allMatch(finding -> finding.verdict() == Verdict.OK);

        Repository forgetful = new Repository(encrypted, CheckedCluster.NAME, Keys.none(), 1);
        CheckReport plain = sound.check(() -> forgetful);
        assertThat(failures(plain)).containsExactly(Topic.ENCRYPTION);
    }

    @Test
    void a_standby_looks_for_what_its_primary_archives() {
        PostgresInstance standby = Clusters.standby(sound.work, sound.primary, "standby");
        try {
            sound.primary.execute("create table for_standby as select generate_series(1, 10000) as x");
            try (Server server = sound.server()) {
                assertThat(server.switchWal("standby").timeline().value()).isEqualTo(1);
            }
            Clusters.awaitReplay(sound.primary, standby);
            CheckReport report = sound.check(
                    () -> Server.connect(Clusters.overSocket(standby)),
                    () -> sound.repository,
                    Optional.of(standby.dataDirectory()),
                    ConditionalWrites.REQUIRED);
            assertThat(failures(report)).isEmpty();
            assertThat(of(report, Topic.ARCHIVER).detail())
                    .isEqualTo("not checked: this standby does not archive by itself");
            assertThat(of(report, Topic.ARCHIVING).detail())
                    .isEqualTo("the newest segment that this standby has replayed whole is there");
        } finally {
            standby.close();
        }
    }

    @Test
    void a_standby_that_archives_too_is_asked_about_its_archiver() {
        PostgresInstance standby = Clusters.standby(sound.work, sound.primary, "always");
        try {
            standby.set("archive_mode", "always").set("archive_command", "no-such-program archive-push %p");
            standby.stop(StopMode.FAST);
            standby.start();
            sound.primary.execute("create table for_always as select generate_series(1, 10000) as x");
            try (Server server = sound.server()) {
                assertThat(server.switchWal("always").timeline().value()).isEqualTo(1);
            }
            Clusters.awaitReplay(sound.primary, standby);
            // A command that can't be started ends the archiver, which does not count it as a failure
            standby.await(
                    "something to wait for it",
                    () -> standby.query("select count(*) > 0 from pg_ls_archive_statusdir()"
                                    + " where name like '%.ready' and modification < now() - interval '3 s'")
                            .equals("t"));
            CheckReport report = sound.check(new CheckSubject(
                    () -> Server.connect(Clusters.overSocket(standby)),
                    () -> sound.repository,
                    Optional.of(standby.dataDirectory()),
                    ConditionalWrites.REQUIRED,
                    Duration.ofSeconds(1),
                    Optional.empty()));
            assertThat(failures(report)).containsExactly(Topic.ARCHIVE_COMMAND, Topic.ARCHIVER);
            assertThat(of(report, Topic.ARCHIVER).detail()).endsWith(", and the archiver reports no failure");
        } finally {
            standby.close();
        }
    }

    private static void setting(String name, String value) {
        sound.primary.execute("alter system set " + name + " = '" + value + "'", "select pg_reload_conf()");
        sound.primary.await(
                "the new " + name,
                () -> !sound.primary
                        .query("select sourcefile from pg_settings where name = '" + name + "'")
                        .endsWith("/postgresql.conf"));
    }

    private static void resetSetting(String name) {
        sound.primary.execute("alter system reset " + name, "select pg_reload_conf()");
        sound.primary.await(
                "the old " + name,
                () -> sound.primary
                                .query("select coalesce(sourcefile, '') from pg_settings where name = '" + name + "'")
                                .indexOf("auto.conf")
                        < 0);
    }

    private static List<Topic> failures(CheckReport report) {
        return report.findings().stream()
                .filter(finding -> finding.verdict() == Verdict.FAILED)
                .map(Finding::topic)
                .toList();
    }

    private static Finding of(CheckReport report, Topic topic) {
        return report.findings().stream()
                .filter(finding -> finding.topic() == topic)
                .findFirst()
                .orElseThrow();
    }
}
