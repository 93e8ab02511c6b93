package org.pgpitr.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.error.ExitCode;

/**
 * A server that archives through pgpitr, and the verbs of a scenario: {@code insert a, restore point, insert b, recover
 * to the point, expect a}. It is configured by {@code pg-conf-samples/primary.conf}, as it stands.
 */
public final class Cluster {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Workspace work;
    private final Programs programs;
    private final Pgpitr pgpitr;
    private final PostgresInstance server;

    private Cluster(Workspace work, Programs programs, Pgpitr pgpitr, PostgresInstance server) {
        this.work = work;
        this.programs = programs;
        this.pgpitr = pgpitr;
        this.server = server;
    }

    /** A new cluster, running, with a place in its repository and the table {@code t}. */
    public static Cluster create(Workspace work, int major, Variant variant, InitdbOptions options) {
        return create(work, Programs.of(work, major), variant, options);
    }

    /** As {@link #create(Workspace, int, Variant, InitdbOptions)}, with other programs. */
    public static Cluster create(Workspace work, Programs programs, Variant variant, InitdbOptions options) {
        Cluster cluster = stopped(work, programs, variant, options);
        cluster.server.start();
        cluster.pgpitr.run("init").expect(ExitCode.OK);
        cluster.prepare();
        return cluster;
    }

    /** Makes what the verbs need: amcheck, and the table {@code t}. */
    public void prepare() {
        Content.prepare(server);
        server.execute("create table t (id bigserial primary key, label text not null, filler text)");
    }

    /** A new cluster, running, under the same name in the same repository: what an upgrade makes, or a twin. */
    public Cluster upgradedTo(Programs other) {
        PostgresInstance upgraded = work.instance("source-" + NUMBER.incrementAndGet(), other);
        Pgpitr own = pgpitr.on(upgraded);
        upgraded.initdb(InitdbOptions.standard());
        settings(upgraded, "primary.conf");
        own.environment().forEach(upgraded::environment);
        upgraded.start();
        return new Cluster(work, other, own, upgraded);
    }

    /** A new cluster, configured but not started, and unknown to its new repository. */
    public static Cluster stopped(Workspace work, Programs programs, Variant variant, InitdbOptions options) {
        return stopped(work, programs, variant, options, "primary.conf");
    }

    /** As {@link #stopped(Workspace, Programs, Variant, InitdbOptions)}, with other samples instead of primary.conf. */
    public static Cluster stopped(
            Workspace work, Programs programs, Variant variant, InitdbOptions options, String... samples) {
        PostgresInstance server = work.instance("source-" + NUMBER.incrementAndGet(), programs);
        Pgpitr pgpitr = Pgpitr.with(work, server, variant);
        Templates.make(server, programs, options);
        settings(server, samples);
        pgpitr.environment().forEach(server::environment);
        return new Cluster(work, programs, pgpitr, server);
    }

    private static void settings(PostgresInstance server, String... samples) {
        for (String sample : samples) {
            server.include(TestDistribution.sample(sample));
        }
        server.set("fsync", "off")
                .set("shared_buffers", "16MB")
                .set("autovacuum", "off")
                .set("track_commit_timestamp", "on")
                .set("timezone", "UTC")
                .set("log_timezone", "UTC");
    }

    public Programs programs() {
        return programs;
    }

    /** Where the repository of the disk variants stands. */
    public Path repositoryFolder() {
        return server.folder().resolve("repository");
    }

    public PostgresInstance server() {
        return server;
    }

    public Pgpitr pgpitr() {
        return pgpitr;
    }

    /** Commits a row. */
    public Moment insert(String label) {
        try (Connection connection = server.connect()) {
            connection.setAutoCommit(false);
            Sql.execute(connection, "insert into t (label, filler) values ('" + label + "', repeat('x', 100))");
            long xid =
                    Long.parseLong(Sql.rows(connection, "select txid_current()").get(0));
            String commitLsn =
                    Sql.rows(connection, "select pg_current_wal_insert_lsn()").get(0);
            connection.commit();
            return new Moment(
                    label,
                    xid,
                    server.query("select to_char(pg_xact_commit_timestamp('" + (xid & 0xFFFF_FFFFL)
                            + "'::xid) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'"),
                    commitLsn,
                    Content.of(server));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void restorePoint(String name) {
        server.query("select pg_create_restore_point('" + name + "')");
    }

    /** Completes the segment being written and waits until it is archived. */
    public void archive() {
        restorePoint("segment ends");
        awaitArchived(server.query("select pg_walfile_name(pg_switch_wal())"));
    }

    /** Waits until this server has archived that segment. */
    public void awaitArchived(String segment) {
        server.await(
                "segment " + segment + " in the archive",
                () -> lastArchived().compareTo(segment) >= 0 && !lastArchived().endsWith(".history"));
    }

    /** The last file that this server has archived; empty text if there is none. */
    public String lastArchived() {
        return server.query("select coalesce(last_archived_wal, '') from pg_stat_archiver");
    }

    /** Takes a backup of this server. */
    public Outcome backup(String... options) {
        return pgpitr.run(with("backup", options)).expect(ExitCode.OK);
    }

    /** Recovers into a new directory, promotes, and waits until that is done; WAL is not archived by the new server. */
    public Cluster recover(String... options) {
        return recoverWith(with("--no-archive", options));
    }

    /** As {@link #recover}, but the new server archives on its new timeline. */
    public Cluster recoverAndArchive(String... options) {
        return recoverWith(options);
    }

    private Cluster recoverWith(String... options) {
        Cluster recovered = restore(with("--target-action", with("promote", options)));
        recovered.server.start().awaitRecovered();
        return recovered;
    }

    /** Restores into a new directory and does not start the server. */
    public Cluster restore(String... options) {
        PostgresInstance target = work.instance("recovered-" + NUMBER.incrementAndGet(), programs);
        pgpitr.run(with("restore", with("--into", with(target.dataDirectory().toString(), options))))
                .expect(ExitCode.OK);
        Pgpitr own = pgpitr.on(target);
        own.environment().forEach(target::environment);
        return new Cluster(work, programs, own, target);
    }

    /** A standby from the newest backup: it follows this server, and archives too ({@code standby.conf}, as it stands). */
    public Cluster standby() {
        return restore("--standby", "--target-timeline", "latest").following(this);
    }

    /** Turns this stopped server, which shares its history with the other one, into its standby. */
    public Cluster asStandbyOf(Cluster primary) {
        try {
            work.user().file(server.dataDirectory().resolve("standby.signal"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return following(primary);
    }

    private Cluster following(Cluster primary) {
        server.include(TestDistribution.sample("standby.conf"))
                .set("primary_conninfo", "host=127.0.0.1 user=postgres port=" + primary.server.port())
                .set("wal_retrieve_retry_interval", "200ms")
                .start();
        return this;
    }

    /** Waits until this standby has replayed all that the primary has written. */
    public void awaitReplay(Cluster primary) {
        String lsn = primary.server.query("select pg_current_wal_lsn()");
        server.await(
                "replay of " + lsn,
                () -> server.query("select pg_last_wal_replay_lsn() >= '" + lsn + "'")
                        .equals("t"));
    }

    /** Waits until the server has heard from its receiver that all it has written so far is durable. */
    public void awaitStreamed() {
        String lsn = server.query("select pg_current_wal_flush_lsn()");
        server.await(
                "the stream to be durable up to " + lsn,
                () -> server.query("select count(*) from pg_stat_replication where flush_lsn >= '" + lsn + "'")
                        .equals("1"));
    }

    /** Takes a backup of this standby while something goes on elsewhere, again and again. */
    public Outcome backupWhile(Runnable elsewhere) {
        CompletableFuture<Outcome> backup =
                CompletableFuture.supplyAsync(this::backup, task -> new Thread(task, "backup").start());
        while (!backup.isDone()) {
            elsewhere.run();
        }
        return backup.join();
    }

    /** Removes the segments from {@code pg_wal} of this stopped server that are archived. */
    public void forgetLocalWal() {
        Path status = server.dataDirectory().resolve("pg_wal").resolve("archive_status");
        try (Stream<Path> files = Files.list(status)) {
            for (Path done :
                    files.filter(file -> file.toString().endsWith(".done")).toList()) {
                String name = done.getFileName().toString().replace(".done", "");
                Files.deleteIfExists(server.dataDirectory().resolve("pg_wal").resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails the test unless all tables hold what they held then, on undamaged pages. */
    public Cluster expect(Moment moment) {
        assertThat(labels()).as("rows").last().isEqualTo(moment.label());
        assertThat(Content.of(server)).isEqualTo(moment.content());
        Content.check(server);
        return this;
    }

    /** The labels in the order of their insertion. */
    public List<String> labels() {
        return server.rows("select label from t order by id");
    }

    /** The timeline the server writes now. */
    public int timeline() {
        return Integer.parseInt(
                server.query("select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int"));
    }

    /** Stops the server at once; it is not needed any more. */
    public void discard() {
        server.close();
        Workspace.delete(server.dataDirectory());
    }

    private static String[] with(String first, String... rest) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(rest));
        return all.toArray(String[]::new);
    }
}
