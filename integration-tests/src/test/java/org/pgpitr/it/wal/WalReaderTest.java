package org.pgpitr.it.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BlockReference;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.DatabaseChange;
import org.pgpitr.postgres.wal.RelationChange;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.RowChanges;
import org.pgpitr.postgres.wal.SegmentSummarizer;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** Segments of 1 MB, so that records cross many pages and segments. */
class WalReaderTest {
    static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    private static final int MUTATIONS = 300;
    private static final int ROWS = 5000;

    /** What the server says of a workload while it runs it. */
    record Told(
            long deleting,
            RelationLocator dropped,
            long dropping,
            Instant droppedAt,
            String restorePoint,
            Inserted copied,
            Inserted made) {}

    /** A transaction that inserts {@value #ROWS} rows into a table. */
    record Inserted(long xid, RelationLocator table) {}

    /** How many rows were inserted, and how many of them by records of many. */
    record Inserts(long rows, long byMany) {
        static final Inserts NONE = new Inserts(0, 0);

        static Inserts of(WalRecord record) {
            long rows = RowChange.rows(record);
            return new Inserts(rows, record.resourceManager() == RmgrId.HEAP2 ? rows : 0);
        }

        Inserts and(Inserts other) {
            return new Inserts(rows + other.rows, byMany + other.byMany);
        }
    }

    static PostgresInstance server(Workspace work, int major) {
        return work.instance("source", Majors.binaries(major))
                .initdb(InitdbOptions.standard().with(SIZE))
                .set("fsync", "off")
                .set("autovacuum", "off")
                .set("max_prepared_transactions", "4")
                .set("wal_compression", "on")
                .set("wal_keep_size", "1GB")
                .set("track_commit_timestamp", "on")
                .start();
    }

    static Told workload(PostgresInstance server) {
        server.execute("create table victim (id int primary key, filler text)");
        server.execute("create table other (id int)");
        server.execute("insert into victim select g, repeat(md5(g::text), 20) from generate_series(1, 20000) g");
        server.execute("checkpoint");
        String deleting = server.query("with gone as (delete from victim where id <= 5000 returning id) "
                + "select txid_current() from gone limit 1");
        server.execute(
                "begin; insert into other values (1); savepoint a; insert into other values (2); release a; commit",
                "begin; insert into other values (3); prepare transaction 'two phases'",
                "commit prepared 'two phases'",
                "begin; insert into other values (4); rollback");
        server.execute("create table copied (id int, filler text)");
        Inserted copied = inserting(
                server,
                "copied",
                connection -> new CopyManager((BaseConnection) connection)
                        .copyIn("copy copied from stdin", new StringReader("7\tcopied\n".repeat(ROWS))));
        Inserted made = inserting(
                server,
                "made",
                connection ->
                        Sql.execute(connection, "create table made as select generate_series(1, " + ROWS + ") as id"));
        RelationLocator other = locator(server, "other");
        String dropping = server.query("select txid_current() + 1");
        server.execute("drop table other");
        Instant dropped = Instant.parse(server.query("select to_char(pg_xact_commit_timestamp('" + dropping
                + "'::xid) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
        server.execute("delete from copied", "vacuum copied");
        server.execute("create database short_lived", "drop database short_lived");
        if (server.binaries().major().value() >= 15) {
            server.execute("create database by_files strategy file_copy", "drop database by_files");
        }
        String point = server.query("select pg_create_restore_point('a point')");
        server.execute("select pg_switch_wal()", "create table behind (id int)");
        return new Told(Long.parseLong(deleting), other, Long.parseLong(dropping), dropped, point, copied, made);
    }

    private interface Statement {
        void run(Connection connection) throws SQLException, IOException;
    }

    private static Inserted inserting(PostgresInstance server, String table, Statement statement) {
        try (Connection connection = server.connect()) {
            connection.setAutoCommit(false);
            statement.run(connection);
            long xid =
                    Long.parseLong(Sql.rows(connection, "select txid_current()").get(0));
            connection.commit();
            return new Inserted(xid, locator(server, table));
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RelationLocator locator(PostgresInstance server, String table) {
        String[] files =
                server.query("select pg_relation_filepath('" + table + "')").split("/");
        String database = server.query("select oid from pg_database where datname = 'postgres'");
        return new RelationLocator(1663, Long.parseLong(database), Long.parseLong(files[files.length - 1]));
    }

    static List<Path> segments(PostgresInstance server) {
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal"))) {
            String current = server.query("select pg_walfile_name(pg_current_wal_lsn())");
            return files.filter(
                            file -> WalSegmentName.tryParse(file.getFileName().toString())
                                    .isPresent())
                    .filter(file -> file.getFileName().toString().compareTo(current) <= 0)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("org.pgpitr.it.kit.Majors#all")
    void what_a_server_wrote_is_read_as_it_says(int major) throws IOException {
        try (Workspace work = new Workspace()) {
            PostgresInstance server = server(work, major);
            Told told = workload(server);

            WalReader reader = new WalReader(new PostgresMajor(major), SIZE);
            WalRecord record = new WalRecord();
            Map<Long, Long> deleted = new HashMap<>();
            Map<Inserted, Inserts> inserted = new HashMap<>();
            List<TransactionRecord> ends = new ArrayList<>();
            List<ControlRecord> control = new ArrayList<>();
            List<WalReader.End> segmentEnds = new ArrayList<>();
            List<Path> segments = segments(server);
            for (Path segment : segments) {
                reader.open(WalSegmentName.parse(segment.getFileName().toString()), Files.readAllBytes(segment));
                while (reader.next(record)) {
                    if (record.resourceManager() == RmgrId.TRANSACTION) {
                        TransactionRecord.of(record, new PostgresMajor(major)).ifPresent(ends::add);
                    } else if (record.resourceManager() == RmgrId.XLOG) {
                        ControlRecord.of(record).ifPresent(control::add);
                    } else if (RowChange.of(record) == RowChange.DELETE) {
                        deleted.merge(record.xid(), (long) RowChange.rows(record), Long::sum);
                    } else if (RowChange.of(record) == RowChange.INSERT) {
                        BlockReference block = record.block(0);
                        RelationLocator table =
                                new RelationLocator(block.tablespace(), block.database(), block.relation());
                        inserted.merge(new Inserted(record.xid(), table), Inserts.of(record), Inserts::and);
                    }
                }
                segmentEnds.add(reader.end());
            }

            assertThat(deleted).containsEntry(told.deleting(), 5000L);
            // COPY writes all rows by XLOG_HEAP2_MULTI_INSERT, CREATE TABLE AS none
            assertThat(inserted)
                    .containsEntry(told.copied(), new Inserts(ROWS, ROWS))
                    .containsEntry(told.made(), new Inserts(ROWS, 0));
            assertThat(ends)
                    .filteredOn(end -> end.dropped().contains(told.dropped()))
                    .singleElement()
                    .satisfies(end -> {
                        assertThat(end.kind()).isEqualTo(TransactionRecord.Kind.COMMIT);
                        assertThat(end.xid()).isEqualTo(told.dropping());
                        assertThat(end.time()).isEqualTo(told.droppedAt());
                    });
            assertThat(ends).filteredOn(end -> !end.subtransactions().isEmpty()).isNotEmpty();
            assertThat(ends)
                    .extracting(TransactionRecord::kind)
                    .contains(
                            TransactionRecord.Kind.PREPARE,
                            TransactionRecord.Kind.COMMIT_PREPARED,
                            TransactionRecord.Kind.ABORT);
            assertThat(control)
                    .filteredOn(ControlRecord.Named.class::isInstance)
                    .singleElement()
                    .satisfies(named -> {
                        assertThat(((ControlRecord.Named) named).restorePoint().name())
                                .isEqualTo("a point");
                        assertThat(((ControlRecord.Named) named)
                                        .restorePoint()
                                        .lsn()
                                        .toString())
                                .isEqualTo(told.restorePoint());
                    });
            assertThat(control).hasAtLeastOneElementOfType(ControlRecord.Checkpoint.class);
            assertThat(segmentEnds).contains(WalReader.End.FULL, WalReader.End.SWITCHED);
            assertThat(segmentEnds.get(segmentEnds.size() - 1)).isEqualTo(WalReader.End.OPEN);
            refusesDamage(segments.get(segments.size() / 2), major);
            summariesTellTheSame(segments, major, told, ends);
            beginsTimelines(work, server, major);
        }
    }

    /** At the end of an archive recovery, and by a promotion. */
    private static void beginsTimelines(Workspace work, PostgresInstance server, int major) throws IOException {
        server.set("restore_command", "false").stop(StopMode.FAST);
        work.user().file(server.dataDirectory().resolve("recovery.signal"), "");
        server.start().awaitRecovered();
        NewTimeline.of(server, major, 2).beganWithItsCheckpoint();

        server.stop(StopMode.FAST);
        work.user().file(server.dataDirectory().resolve("standby.signal"), "");
        server.start();
        Instant asked = NewTimeline.now(server);
        server.promote();
        NewTimeline.of(server, major, 3).beganWithARecord(asked);
    }

    /** What the chain of summaries tells is what the WAL tells when it is read from the first segment to the last. */
    private static void summariesTellTheSame(List<Path> segments, int major, Told told, List<TransactionRecord> ends)
            throws IOException {
        SegmentSummarizer summarizer = new SegmentSummarizer(new PostgresMajor(major), SIZE);
        SummaryChain chain = new SummaryChain();
        WalFacts facts = WalFacts.NONE;
        long deleted = 0;
        Map<Inserted, Long> inserted = new HashMap<>();
        for (Path segment : segments) {
            WalSegmentName name = WalSegmentName.parse(segment.getFileName().toString());
            try (InputStream in = Files.newInputStream(segment)) {
                SegmentSummary summary = segment.equals(segments.get(segments.size() - 1))
                        ? summarizer.partial(name, in)
                        : summarizer.whole(name, in);
                WalFacts here = chain.next(SummaryFormat.parse(SummaryFormat.write(summary)));
                deleted += here.rows().stream()
                        .filter(rows -> rows.xid() == told.deleting())
                        .mapToLong(RowChanges::deleted)
                        .sum();
                here.rows()
                        .forEach(rows ->
                                inserted.merge(new Inserted(rows.xid(), rows.relation()), rows.inserted(), Long::sum));
                facts = facts.and(here);
            }
        }
        assertThat(facts.transactions().commits())
                .isEqualTo(ends.stream().filter(e -> e.kind().isCommit()).count());
        assertThat(facts.transactions().aborts())
                .isEqualTo(ends.stream().filter(e -> e.kind().isAbort()).count());
        // Fewer than a hundred in a segment are not told.
        assertThat(deleted).isBetween(4500L, 5000L);
        for (Inserted each : List.of(told.copied(), told.made())) {
            assertThat(inserted.get(each)).isBetween(ROWS - 100L, (long) ROWS);
        }
        assertThat(facts.restorePoints())
                .singleElement()
                .satisfies(point -> assertThat(point.lsn()).hasToString(told.restorePoint()));
        assertThat(facts.relations())
                .filteredOn(change -> change.relation().equals(told.dropped()))
                .extracting(RelationChange::kind)
                .contains(RelationChange.Kind.CREATED, RelationChange.Kind.DROPPED);
        assertThat(facts.relations())
                .filteredOn(change -> change.relation().equals(told.copied().table()))
                .extracting(RelationChange::kind)
                .contains(RelationChange.Kind.TRUNCATED);
        assertThat(facts.databases())
                .extracting(DatabaseChange::kind)
                .contains(DatabaseChange.Kind.DROPPED, DatabaseChange.Kind.CREATED_FILE_COPY);
        if (major >= 15) {
            assertThat(facts.databases())
                    .extracting(DatabaseChange::kind)
                    .contains(DatabaseChange.Kind.CREATED_WAL_LOG);
        }
        assertThat(facts.checkpoints()).isNotEmpty();
    }

    /** Any changed byte of a full segment is found, or lies where no record is; never an exception but the declared. */
    private static void refusesDamage(Path segment, int major) throws IOException {
        byte[] sound = Files.readAllBytes(segment);
        WalSegmentName name = WalSegmentName.parse(segment.getFileName().toString());
        long seed = Long.getLong("pgpitr.seed", 20261129L);
        Random random = new Random(seed);
        int found = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = sound.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                WalReader reader = new WalReader(new PostgresMajor(major), SIZE);
                WalRecord record = new WalRecord();
                reader.open(name, damaged);
                while (reader.next(record)) {
                    assertThat(record.length()).isPositive();
                }
                found += reader.end() == WalReader.End.OPEN ? 1 : 0;
            } catch (BrokenWalException e) {
                found++;
            }
        }
        assertThat(found).as("of %d, with seed %d", MUTATIONS, seed).isGreaterThan(MUTATIONS * 9 / 10);
        assertThatThrownBy(() -> new WalReader(new PostgresMajor(major), SIZE).open(name.next(SIZE), sound))
                .as("a segment in another one's place")
                .isInstanceOf(BrokenWalException.class);
    }
}
