package org.pgpitr.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cluster.BackupSession;
import org.pgpitr.cluster.CheckpointMode;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.cluster.Server;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;

/** Primaries that archive into a folder, and standbys of theirs. */
public final class Clusters {
    private Clusters() {}

    /** A running primary with segments of 1 MB that archives by {@code cp} into {@code archive} beside it. */
    public static PostgresInstance primary(Workspace work, int major, String name) {
        PostgresInstance primary = work.instance(name, Majors.binaries(major));
        Path archive = work.folder(name + "-archive");
        return primary.initdb(InitdbOptions.standard().with(new WalSegmentSize(1 << 20)))
                .set("fsync", "off")
                .set("archive_mode", "on")
                .set("archive_command", "cp %p " + archive + "/%f")
                .set("autovacuum", "off")
                .start();
    }

    /** Where {@link #primary} archives to. */
    public static Path archive(Workspace work, PostgresInstance primary) {
        return work.folder().resolve(primary.folder().getFileName() + "-archive");
    }

    /** A running standby that streams from a running server, made by a backup of its own. */
    public static PostgresInstance standby(Workspace work, PostgresInstance upstream, String name) {
        PostgresInstance standby = work.instance(name, upstream.binaries());
        try (Server server = Server.connect(overSocket(upstream));
                BackupSession backup = server.startBackup("standby", CheckpointMode.FAST)) {
            work.user()
                    .run(
                            work.folder(),
                            List.of(
                                    "cp",
                                    "-a",
                                    upstream.dataDirectory().toString(),
                                    standby.dataDirectory().toString()));
            Path data = standby.dataDirectory();
            work.user().file(data.resolve("backup_label"), backup.stop().backupLabel());
            Files.deleteIfExists(data.resolve("standby.signal")); // of an upstream that is a standby itself
            work.user().file(data.resolve("standby.signal"), "");
            Files.delete(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return standby.set(
                        "primary_conninfo", "host=127.0.0.1 port=" + upstream.port() + " user=postgres sslmode=disable")
                .set("recovery_target_timeline", "latest")
                .start();
    }

    /** Waits until a standby has replayed all that its upstream has written by now. */
    public static void awaitReplay(PostgresInstance upstream, PostgresInstance standby) {
        String position = upstream.query("select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()"
                + " else pg_current_wal_lsn() end::text");
        standby.await(
                "replay of " + position,
                () -> standby.query("select pg_last_wal_replay_lsn() >= '" + position + "'::pg_lsn")
                        .equals("t"));
    }

    public static ConnectionSettings overSocket(PostgresInstance server) {
        return ConnectionSettings.of(server.socketDirectory().toString(), server.port(), "postgres", "postgres");
    }

    public static ConnectionSettings overTcp(PostgresInstance server, String user, Optional<String> password) {
        return new ConnectionSettings(
                "127.0.0.1",
                server.port(),
                user,
                "postgres",
                password,
                Optional.empty(),
                Map.of(),
                ConnectionSettings.DEFAULT_CONNECT_TIMEOUT,
                ConnectionSettings.DEFAULT_ANSWER_TIMEOUT);
    }
}
