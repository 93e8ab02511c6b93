package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.it.kit.WriteLoad;
import org.pgpitr.postgres.WalSegmentSize;

/** Clusters of unusual shape: small and big segments, without checksums, tablespaces, unlogged tables, databases. */
@Tag("scenario")
class ShapesTest {
    private static final WalSegmentSize ONE_MEGABYTE = new WalSegmentSize(1 << 20);
    private static final WalSegmentSize SIXTY_FOUR_MEGABYTES = new WalSegmentSize(64 << 20);

    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void small_segments_no_checksums_tablespaces_unlogged_tables_and_a_backup_under_write_load(int major)
            throws Exception {
        try (Workspace work = new Workspace()) {
            InitdbOptions options =
                    InitdbOptions.standard().with(InitdbOptions.Checksums.OFF).with(ONE_MEGABYTE);
            Cluster source = Cluster.create(work, major, Variant.onDisk(major, 2), options);
            PostgresInstance server = source.server();
            Path fast = work.folder("fast tablespace");
            Path slow = work.folder("slow");
            server.execute(
                    "create tablespace fast location '" + fast + "'",
                    "create tablespace slow location '" + slow + "'",
                    "create table in_fast (id bigint primary key using index tablespace slow, v text) tablespace fast",
                    "insert into in_fast select i, md5(i::text) from generate_series(1, 2000) i",
                    "create unlogged table scratch (id bigserial primary key, v text)",
                    "insert into scratch (v) select md5(i::text) from generate_series(1, 2000) i");
            databases(server, "before", "file_copy");

            try (WriteLoad load = new WriteLoad(server)) {
                load.awaitTransactions(50);
                source.backup();
                load.awaitTransactions(50);
            }
            databases(server, "after", "wal_log");
            server.execute("insert into in_fast select i, md5(i::text) from generate_series(2001, 3000) i");
            Moment end = source.insert("end");
            source.archive();

            Path otherFast = work.folder().resolve("other fast");
            Path otherSlow = work.folder().resolve("other slow");
            Cluster recovered = source.recover(
                            "--tablespace-map", "fast=" + otherFast, "--tablespace-map", "slow=" + otherSlow)
                    .expect(end);
            assertThat(recovered.server().query("select count(*) from scratch"))
                    .as("rows of the unlogged table")
                    .isEqualTo("0");
            recovered.server().execute("insert into scratch (v) values ('usable')");
            assertThat(recovered
                            .server()
                            .query("select pg_tablespace_location(oid) from pg_tablespace where spcname = 'fast'"))
                    .isEqualTo(otherFast.toString());
            assertThat(recovered.server().query("show data_checksums")).isEqualTo("off");
            assertThat(otherSlow).isNotEmptyDirectory();
            source.pgpitr().run("verify").expect(ExitCode.OK);
        }
    }

    /**
     * A database in place, whose files are copied, and one in a tablespace by that strategy, where the major knows them.
     * What WAL_LOG writes is eight segments of 1 MB: one database tells.
     */
    private static void databases(PostgresInstance server, String when, String strategy) {
        boolean known = server.binaries().major().isAtLeast(15);
        server.execute(
                "create database copied_" + when + (known ? " strategy file_copy" : ""),
                "create database placed_" + when + " tablespace fast" + (known ? " strategy " + strategy : ""));
        for (String database : server.rows("select datname from pg_database where datname like '%\\_" + when + "'")) {
            server.executeIn(
                    database, "create table inner_table as select i, md5(i::text) from generate_series(1, 500) i");
        }
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void segments_of_64_megabytes_with_checksums_on_s3(int major) {
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(
                    work, major, Variant.onS3(major), InitdbOptions.standard().with(SIXTY_FOUR_MEGABYTES));
            source.insert("before");
            source.backup();
            Moment a = source.insert("a");
            source.insert("b");
            source.archive();

            Cluster recovered = source.recover("--target-time", a.time()).expect(a);
            assertThat(recovered.server().query("show wal_segment_size")).isEqualTo("64MB");
            assertThat(recovered.server().query("show data_checksums")).isEqualTo("on");
            source.pgpitr().run("verify", "--sample", "50").expect(ExitCode.OK);
            source.pgpitr().run("verify", "--sample", "50").expect(ExitCode.OK);
        }
    }
}
