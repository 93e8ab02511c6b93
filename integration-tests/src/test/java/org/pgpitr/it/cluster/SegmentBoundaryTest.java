package org.pgpitr.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.cluster.Server;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/** A restore point whose record ends right where its segment does: the switch that follows has nothing to switch. */
class SegmentBoundaryTest {
    private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    private static final int PAGE = 8192;
    private static final int ATTEMPTS = 20;
    /** A message of so many bytes or more has a longer header than a short one. */
    private static final int SMALLEST = 256;

    @Test
    void a_restore_point_at_the_end_of_a_segment_names_that_segment() throws Exception {
        try (Workspace work = new Workspace()) {
            PostgresInstance primary = Clusters.primary(work, Majors.newest(), "primary");
            try (Connection connection = primary.connect();
                    Server server = Server.connect(Clusters.overSocket(primary))) {
                boolean met = false;
                for (int i = 0; i < ATTEMPTS && !met; i++) {
                    OptionalLong end = fillUpToARestorePoint(connection);
                    if (end.isEmpty()) {
                        continue;
                    }
                    WalSegmentName completed = server.switchWal("edge " + i);
                    Lsn boundary = new Lsn(end.getAsLong());
                    // Something else may have been written in between, such as a checkpoint
                    met = primary.log().contains("restore point \"edge " + i + "\" created at " + boundary);
                    if (met) {
                        assertThat(completed)
                                .isEqualTo(
                                        WalSegmentName.of(TimelineId.FIRST, SIZE.segmentNumberBefore(boundary), SIZE));
                        Path archived = Clusters.archive(work, primary).resolve(completed.toString());
                        primary.await("the segment in the archive", () -> Files.exists(archived));
                    }
                }
                assertThat(met).as("met the boundary").isTrue();
            }
        }
    }

    /** Leaves just enough room for a restore point; gives the segment's end. Empty if something came in between. */
    private static OptionalLong fillUpToARestorePoint(Connection connection) throws SQLException {
        long before = position(connection);
        long restorePoint = lsn(connection, "select pg_create_restore_point('measure')") - before;
        before = position(connection);
        long message = emit(connection, SMALLEST) - before;
        if (restorePoint > 200 || message > SMALLEST + 200) {
            return OptionalLong.empty(); // one of them crossed a page
        }
        long end = (position(connection) / SIZE.bytes() + 1) * SIZE.bytes();
        long target = end - restorePoint;
        while (target - position(connection) > PAGE / 2) {
            long remaining = target - position(connection);
            long headers = remaining / PAGE * 24;
            long unused = emit(connection, Math.max(SMALLEST, remaining - headers - PAGE / 4));
        }
        long remaining = target - position(connection);
        if (remaining < message) {
            return OptionalLong.empty();
        }
        long reached = emit(connection, SMALLEST + remaining - message);
        return reached == target ? OptionalLong.of(end) : OptionalLong.empty();
    }

    private static long emit(Connection connection, long bytes) throws SQLException {
        return lsn(connection, "select pg_logical_emit_message(false, 'p', repeat('x', " + bytes + "))");
    }

    private static long position(Connection connection) throws SQLException {
        return lsn(connection, "select pg_current_wal_insert_lsn()");
    }

    private static long lsn(Connection connection, String sql) throws SQLException {
        return Lsn.parse(Sql.rows(connection, sql).get(0)).value();
    }
}
