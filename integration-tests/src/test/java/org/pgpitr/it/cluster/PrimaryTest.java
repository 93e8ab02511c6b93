package org.pgpitr.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.cluster.BackupSession;
import org.pgpitr.cluster.BackupStop;
import org.pgpitr.cluster.CheckpointMode;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/** The live server's side on a primary of every major. */
@ParameterizedClass
@MethodSource("org.pgpitr.it.kit.Majors#all")
class PrimaryTest {
    private static Workspace work;
    private static PostgresInstance primary;

    @Parameter
    int major;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        work = new Workspace();
        primary = Clusters.primary(work, major, "primary");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        work.close();
    }

    @Test
    void it_tells_what_it_is_over_the_socket_and_over_tcp() {
        for (ConnectionSettings way :
                List.of(Clusters.overSocket(primary), Clusters.overTcp(primary, "postgres", Optional.empty()))) {
            try (Server server = Server.connect(way)) {
                ServerFacts facts = server.facts();

                assertThat(facts.major()).isEqualTo(new PostgresMajor(major));
                assertThat(facts.version()).isEqualTo(primary.query("show server_version"));
                assertThat(Integer.toString(facts.versionNumber())).isEqualTo(primary.query("show server_version_num"));
                assertThat(facts.systemIdentifier())
                        .isEqualTo(SystemIdentifier.parse(
                                primary.query("select system_identifier from pg_control_system()")));
                assertThat(facts.dataDirectory()).isEqualTo(primary.dataDirectory());
                assertThat(facts.segmentSize()).isEqualTo(new WalSegmentSize(1 << 20));
                assertThat(facts.role()).isEqualTo(Role.PRIMARY);
                assertThat(facts.checksums()).isEqualTo(ServerFacts.Checksums.ON);
                assertThat(facts.timeline()).isEqualTo(TimelineId.FIRST);
                assertThat(facts.walLevel()).isEqualTo("replica");
                assertThat(facts.archiveMode()).isEqualTo("on");
                assertThat(facts.archiveCommand()).startsWith("cp ");
                assertThat(facts.archiveLibrary()).isEmpty();
            }
        }
    }

    @Test
    void peer_authentication_works_over_the_socket() throws Exception {
        Path hba = primary.dataDirectory().resolve("pg_hba.conf");
        Path ident = primary.dataDirectory().resolve("pg_ident.conf");
        String trusting = Files.readString(hba);
        Files.writeString(ident, "pgpitr \"" + System.getProperty("user.name") + "\" operator\n");
        Files.writeString(hba, "local all operator peer map=pgpitr\n" + trusting);
        primary.execute("create role operator superuser login");
        primary.reload();
        primary.await(
                "the new pg_hba.conf",
                () -> primary.query("select count(*) from pg_hba_file_rules where auth_method = 'peer'")
                        .equals("1"));

        ConnectionSettings settings =
                ConnectionSettings.of(primary.socketDirectory().toString(), primary.port(), "operator", "postgres");
        try (Server server = Server.connect(settings)) {
            assertThat(server.facts().role()).isEqualTo(Role.PRIMARY);
        }

        Files.writeString(ident, "pgpitr someone_else operator\n");
        primary.reload();
        primary.await("the refusal", () -> {
            try (Server server = Server.connect(settings)) {
                return server.facts() == null;
            } catch (PgpitrException refused) {
                return refused.getMessage().contains("Peer authentication failed for user \"operator\"");
            }
        });
        Files.writeString(hba, trusting);
        primary.reload();
    }

    @Test
    void a_password_is_taken_from_the_settings_or_a_file() throws Exception {
        Path hba = primary.dataDirectory().resolve("pg_hba.conf");
        String trusting = Files.readString(hba);
        primary.execute("create role guarded login password 'sec:ret'", "grant pg_monitor to guarded");
        Files.writeString(hba, "host all guarded 127.0.0.1/32 md5\n" + trusting);
        primary.reload();
        primary.await(
                "the new pg_hba.conf",
                () -> primary.query(
                                "select count(*) from pg_hba_file_rules where auth_method in ('md5', 'scram-sha-256')")
                        .equals("1"));

        ConnectionSettings right = Clusters.overTcp(primary, "guarded", Optional.of("sec:ret"));
        ConnectionSettings wrong = Clusters.overTcp(primary, "guarded", Optional.of("guess"));
        Path file = Files.writeString(work.folder("secrets").resolve("pgpass"), "*:*:*:guarded:sec\\:ret\n");
        ConnectionSettings fromFile = new ConnectionSettings(
                right.host(),
                right.port(),
                right.user(),
                right.database(),
                Optional.empty(),
                Optional.of(file),
                Map.of(),
                right.connectTimeout(),
                right.answerTimeout());
        for (ConnectionSettings settings : List.of(right, fromFile)) {
            try (Server server = Server.connect(settings)) {
                assertThat(server.facts().role()).isEqualTo(Role.PRIMARY);
            }
        }
        assertThat(refusal(() -> Server.connect(wrong)))
                .hasMessage("PostgreSQL does not take the connection (user guarded, database postgres at 127.0.0.1:"
                        + primary.port() + "): password authentication failed for user \"guarded\"");
        Files.writeString(hba, trusting);
        primary.reload();
    }

    @Test
    void a_backup_is_started_and_stopped() {
        primary.execute("create table a_backup as select 1 as x");
        try (Server server = Server.connect(Clusters.overSocket(primary));
                BackupSession backup = server.startBackup("the 'label'", CheckpointMode.FAST)) {
            backup.verifyAlive();
            // The server stays free for other questions meanwhile
            assertThat(server.currentLsn()).isGreaterThanOrEqualTo(backup.startLsn());
            BackupStop stop = backup.stop();

            assertThat(backup.timeline()).isEqualTo(TimelineId.FIRST);
            assertThat(stop.stopLsn()).isGreaterThan(backup.startLsn());
            assertThat(stop.backupLabel())
                    .startsWith("START WAL LOCATION: " + backup.startLsn() + " ")
                    .contains("LABEL: the 'label'\n");
            assertThat(stop.tablespaceMap()).isEmpty();
            assertThat(stop.stopped()).isAfterOrEqualTo(backup.started());
        }
        awaitNobody();
    }

    @Test
    void a_tablespace_is_in_the_map() {
        Path location = work.folder("space");
        primary.execute("create tablespace space location '" + location + "'");
        try (Server server = Server.connect(Clusters.overSocket(primary));
                BackupSession backup = server.startBackup("tablespaces", CheckpointMode.FAST)) {
            assertThat(backup.stop().tablespaceMap()).endsWith(" " + location + "\n");
        }
        primary.execute("drop tablespace space");
    }

    @Test
    void an_aborted_backup_leaves_no_backup_mode() {
        primary.execute("create table pages as select 1 as x", "alter system set full_page_writes = off");
        primary.reload();
        primary.await(
                "full_page_writes = off",
                () -> primary.query("show full_page_writes").equals("off"));
        try (Server server = Server.connect(Clusters.overSocket(primary))) {
            try (BackupSession backup = server.startBackup("aborted", CheckpointMode.FAST)) {
                backup.verifyAlive();
                assertThat(writesWholePages()).isTrue();
            }
            awaitNobodyBut(1);
            primary.await("the end of backup mode", () -> !writesWholePages());
        }
        primary.execute("alter system reset full_page_writes");
        primary.reload();
    }

    /** Only a backup makes the server do so once full_page_writes is off. */
    private static boolean writesWholePages() {
        primary.execute("checkpoint");
        return primary
                .rows("explain (analyze, wal, costs off, timing off, summary off) insert into pages values (2)")
                .stream()
                .anyMatch(line -> line.contains("fpi="));
    }

    @Test
    void an_interruption_ends_the_wait_for_the_checkpoint() throws Exception {
        primary.execute(
                "alter system set checkpoint_timeout = '1h'",
                "create table to_write as select generate_series(1, 200000) as x");
        primary.reload();
        try (Server server = Server.connect(Clusters.overSocket(primary))) {
            PgpitrException[] failure = new PgpitrException[1];
            Thread waiting = new Thread(
                    () -> failure[0] = refusal(() -> server.startBackup("interrupted", CheckpointMode.SPREAD)));
            waiting.start();
            primary.await(
                    "the start of the backup",
                    () -> primary.query(
                                    "select count(*) from pg_stat_activity"
                                            + " where state = 'active' and query like '%backup%label%' and application_name = 'pgpitr'")
                            .equals("1"));
            waiting.interrupt();
            waiting.join();

            assertThat(failure[0]).hasMessage("interrupted while trying to begin a backup");
            awaitNobodyBut(1);
        }
        primary.execute("alter system reset checkpoint_timeout", "drop table to_write");
        primary.reload();
    }

    @Test
    void the_transactions_that_ended_and_that_did_not_begin_are_told() throws Exception {
        primary.execute("create table told (x int)");
        try (Server server = Server.connect(Clusters.overSocket(primary));
                BackupSession backup = server.startBackup("xids", CheckpointMode.FAST);
                Connection open = primary.connect()) {
            long ended = Long.parseLong(primary.query("select pg_current_xact_id()::text"));
            open.setAutoCommit(false);
            long running = Long.parseLong(
                    Sql.rows(open, "select pg_current_xact_id()::text").get(0));
            primary.execute("insert into told values (1)");
            BackupStop stop = backup.stop();
            long begunLater = Long.parseLong(primary.query("select pg_current_xact_id()::text"));

            assertThat(stop.xmin()).isGreaterThan(ended).isLessThanOrEqualTo(running);
            assertThat(stop.nextXid()).isGreaterThan(running + 1).isLessThanOrEqualTo(begunLater);
        }
    }

    @Test
    void a_switched_segment_is_the_one_that_the_archiver_gets() {
        try (Server server = Server.connect(Clusters.overSocket(primary))) {
            WalSegmentName completed = server.switchWal("switched");
            Path archived = Clusters.archive(work, primary).resolve(completed.toString());
            primary.await("the segment in the archive", () -> Files.exists(archived));

            assertThat(server.currentLsn()).isGreaterThanOrEqualTo(completed.end(new WalSegmentSize(1 << 20)));
            assertThat(server.archiver().lastArchived()).isPresent();
            assertThat(server.switchWal("again")).isEqualTo(completed.next(new WalSegmentSize(1 << 20)));
        }
    }

    @Test
    void a_role_with_few_privileges_is_told_what_to_grant() {
        primary.execute("create role \"Few rights\" login");
        ConnectionSettings settings = Clusters.overTcp(primary, "Few rights", Optional.empty());
        try (Server server = Server.connect(settings)) {
            grant(refusal(server::facts));
            grant(refusal(() -> server.startBackup("x", CheckpointMode.FAST)));
            grant(refusal(() -> server.switchWal("x")));

            assertThat(server.facts().role()).isEqualTo(Role.PRIMARY);
            assertThat(server.switchWal("x").timeline()).isEqualTo(TimelineId.FIRST);
            try (BackupSession backup = server.startBackup("x", CheckpointMode.FAST)) {
                assertThat(backup.stop().stopLsn()).isGreaterThan(backup.startLsn());
            }
        }
    }

    private static void grant(PgpitrException refused) {
        assertThat(refused).hasMessageContaining("role \"Few rights\" is not allowed to ");
        String prefix = "as a superuser, in database \"postgres\": ";
        assertThat(refused.hint()).get().asString().startsWith(prefix + "GRANT ");
        primary.execute(refused.hint().orElseThrow().substring(prefix.length()));
    }

    @Test
    void settings_that_do_not_exist_are_left_out() {
        try (Server server = Server.connect(Clusters.overSocket(primary))) {
            assertThat(server.settings(List.of("fsync", "wal_segment_size", "no_such_setting")))
                    .isEqualTo(Map.of("fsync", "off", "wal_segment_size", "1048576"));
        }
    }

    private static PgpitrException refusal(Runnable action) {
        PgpitrException refused = catchThrowableOfType(PgpitrException.class, action::run);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.POSTGRES_UNAVAILABLE);
        return refused;
    }

    private static void awaitNobody() {
        awaitNobodyBut(0);
    }

    /** Waits until no more than so many connections of ours are left. */
    private static void awaitNobodyBut(int count) {
        primary.await(
                "the end of our sessions",
                () -> Integer.parseInt(primary.query(
                                "select count(*) from pg_stat_activity where application_name = 'pgpitr'"))
                        <= count);
    }
}
