package org.pgpitr.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.cluster.BackupSession;
import org.pgpitr.cluster.BackupStop;
import org.pgpitr.cluster.CheckpointMode;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.TimelineId;

/** The live server's side on standbys, and what happens when servers come, go and are promoted. */
class StandbyTest {
    @ParameterizedTest
    @MethodSource("org.pgpitr.it.kit.Majors#all")
    void a_standby_is_backed_up_and_promoted(int major) throws Exception {
        try (Workspace work = new Workspace()) {
            PostgresInstance primary = Clusters.primary(work, major, "primary");
            PostgresInstance standby = Clusters.standby(work, primary, "standby");
            PostgresInstance cascaded = Clusters.standby(work, standby, "cascaded");

            it_tells_what_it_is(primary, standby);
            its_backup_tells_the_transactions(primary, standby);

            promotion_voids_the_backup(standby);
            try (Server server = Server.connect(Clusters.overSocket(standby))) {
                assertThat(server.facts().role()).isEqualTo(Role.PRIMARY);
                assertThat(server.timeline()).isEqualTo(new TimelineId(2));
                assertThat(server.switchWal("promoted").timeline()).isEqualTo(new TimelineId(2));
            }
            standby.execute("create table after_promotion (x int)");
            Clusters.awaitReplay(standby, cascaded);
            try (Server server = Server.connect(Clusters.overSocket(cascaded))) {
                assertThat(server.timeline()).isEqualTo(new TimelineId(2));
                assertThat(server.facts().timeline()).isEqualTo(new TimelineId(2));
            }
        }
    }

    private static void it_tells_what_it_is(PostgresInstance primary, PostgresInstance standby) {
        primary.execute("create table on_primary (x int)");
        Clusters.awaitReplay(primary, standby);
        try (Server server = Server.connect(Clusters.overSocket(standby));
                Server source = Server.connect(Clusters.overSocket(primary))) {
            ServerFacts facts = server.facts();
            assertThat(facts.role()).isEqualTo(Role.STANDBY);
            assertThat(facts.systemIdentifier()).isEqualTo(source.facts().systemIdentifier());
            assertThat(facts.timeline()).isEqualTo(TimelineId.FIRST);
            assertThat(server.currentLsn()).isEqualTo(source.currentLsn());
            assertThat(catchThrowableOfType(PgpitrException.class, () -> server.switchWal("impossible")))
                    .hasMessageContaining("recovery is in progress");
        }
    }

    private static void its_backup_tells_the_transactions(PostgresInstance primary, PostgresInstance standby)
            throws Exception {
        primary.execute("create table told (x int)", "insert into told values (1)");
        long ended = Long.parseLong(primary.query("select pg_current_xact_id()::text"));
        primary.execute("checkpoint");
        Clusters.awaitReplay(primary, standby);
        standby.execute("checkpoint");
        try (Server server = Server.connect(Clusters.overSocket(standby));
                BackupSession backup = server.startBackup("standby", CheckpointMode.FAST);
                Connection open = primary.connect()) {
            open.setAutoCommit(false);
            Sql.execute(open, "insert into told values (2)");
            long running = Long.parseLong(
                    Sql.rows(open, "select pg_current_xact_id()::text").get(0));
            primary.execute("insert into told values (3)");
            Clusters.awaitReplay(primary, standby);
            backup.verifyAlive();
            BackupStop stop = backup.stop();

            assertThat(stop.backupLabel()).contains("BACKUP FROM: standby");
            assertThat(stop.stopLsn()).isGreaterThan(backup.startLsn());
            assertThat(stop.xmin()).isGreaterThan(ended).isLessThanOrEqualTo(running);
            assertThat(stop.nextXid()).isGreaterThan(running + 1);
            assertThat(stop.stopped()).isAfterOrEqualTo(backup.started());
        }
    }

    private static void promotion_voids_the_backup(PostgresInstance standby) {
        try (Server server = Server.connect(Clusters.overSocket(standby));
                BackupSession backup = server.startBackup("promoted", CheckpointMode.FAST)) {
            standby.promote();
            standby.awaitRecovered();
            PgpitrException voided = catchThrowableOfType(PgpitrException.class, backup::verifyAlive);
            assertThat(voided)
                    .hasMessage("the backup is void: the standby was promoted while the backup was under way");
            assertThat(voided.hint()).contains("take the backup again");
            assertThat(catchThrowableOfType(PgpitrException.class, backup::stop).exitCode())
                    .isEqualTo(ExitCode.POSTGRES_UNAVAILABLE);
        }
    }

    @ParameterizedTest
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void a_restart_voids_the_backup(int major) {
        try (Workspace work = new Workspace()) {
            PostgresInstance primary = Clusters.primary(work, major, "primary");
            try (Server server = Server.connect(Clusters.overSocket(primary))) {
                try (BackupSession noticed = server.startBackup("noticed", CheckpointMode.FAST);
                        BackupSession unnoticed = server.startBackup("unnoticed", CheckpointMode.FAST)) {
                    primary.stop(StopMode.FAST);
                    PgpitrException voided = catchThrowableOfType(PgpitrException.class, noticed::verifyAlive);
                    assertThat(voided)
                            .hasMessageStartingWith("the backup is void: the connection to PostgreSQL was lost");
                    assertThat(voided.hint()).get().asString().endsWith("then take the backup again");
                    assertThat(voided.exitCode()).isEqualTo(ExitCode.POSTGRES_UNAVAILABLE);

                    primary.start();
                    assertThat(catchThrowableOfType(PgpitrException.class, unnoticed::stop))
                            .hasMessageStartingWith("the backup is void: the connection to PostgreSQL was lost");
                }
                primary.stop(StopMode.FAST);
            }
            assertThat(catchThrowableOfType(PgpitrException.class, () -> Server.connect(Clusters.overSocket(primary))))
                    .hasMessageStartingWith("PostgreSQL is not running at " + primary.socketDirectory())
                    .extracting(PgpitrException::exitCode)
                    .isEqualTo(ExitCode.POSTGRES_UNAVAILABLE);
        }
    }

    @Test
    void a_server_that_is_not_there_is_named() {
        try (Workspace work = new Workspace()) {
            PostgresInstance never = work.instance("never", Majors.binaries(Majors.newest()));
            PgpitrException refused = catchThrowableOfType(
                    PgpitrException.class, () -> Server.connect(Clusters.overTcp(never, "postgres", Optional.empty())));
            assertThat(refused)
                    .hasMessage(
                            "PostgreSQL does not take the connection (user postgres, database postgres at 127.0.0.1:"
                                    + never.port() + "): Connection refused");
            assertThat(refused.hint()).get().asString().startsWith("is the server running there?");
        }
    }
}
