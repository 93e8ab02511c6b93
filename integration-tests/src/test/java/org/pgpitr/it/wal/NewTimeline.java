package org.pgpitr.it.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.SegmentSummarizer;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.TimelineSwitch;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;

/**
 * The record by which a server that was promoted just now began its timeline, as it was read; it is held against what the
 * server says: the history file, {@code pg_control_checkpoint()}, and {@code pg_walinspect} where the major has it.
 */
final class NewTimeline {
    private static final WalSegmentSize SIZE = WalReaderTest.SIZE;
    private static final int PAGE = 8192;
    private static final Pattern TOLD =
            Pattern.compile("\\btli (\\d+); prev tli (\\d+)(?:; time ([-0-9]+ [:.0-9]+)[+]00)?");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private final PostgresInstance server;
    private final PostgresMajor major;
    private final Path segment;
    private final WalSegmentName name;
    private final TimelineSwitch change;

    private NewTimeline(PostgresInstance server, PostgresMajor major, Path segment, TimelineSwitch change) {
        this.server = server;
        this.major = major;
        this.segment = segment;
        this.name = WalSegmentName.parse(segment.getFileName().toString());
        this.change = change;
    }

    /** Reads the WAL of a server that has just begun that timeline; what its summary tells is what the history says. */
    static NewTimeline of(PostgresInstance server, int major, int timeline) throws IOException {
        TimelineId to = new TimelineId(timeline);
        Path folder = server.dataDirectory().resolve("pg_wal");
        TimelineHistory history =
                TimelineHistory.parse(to, Files.readString(folder.resolve(new TimelineHistoryName(to).toString())));
        TimelineHistory.Ancestor left =
                history.ancestors().get(history.ancestors().size() - 1);
        WalSegmentName name = WalSegmentName.containing(to, left.switchPoint(), SIZE);
        Path segment = folder.resolve(name.toString());
        SegmentSummary summary;
        try (var in = Files.newInputStream(segment)) {
            summary = new SegmentSummarizer(new PostgresMajor(major), SIZE).partial(name, in);
        }
        assertThat(summary.facts().timelineSwitches())
                .last()
                .isEqualTo(new TimelineSwitch(recordAt(left.switchPoint()), left.timeline(), to));
        return new NewTimeline(
                server,
                new PostgresMajor(major),
                segment,
                new TimelineSwitch(recordAt(left.switchPoint()), left.timeline(), to));
    }

    /** At the beginning of a page its header stands before the record. */
    private static Lsn recordAt(Lsn switchPoint) {
        return switchPoint.value() % PAGE != 0
                ? switchPoint
                : switchPoint.plus(switchPoint.value() % SIZE.bytes() == 0 ? 40 : 24);
    }

    private ControlRecord read() throws IOException {
        WalReader reader = new WalReader(major, SIZE);
        reader.open(name, Files.readAllBytes(segment));
        WalRecord record = new WalRecord();
        while (reader.next(record)) {
            if (record.start().equals(change.lsn())) {
                assertThat(record.resourceManager()).isEqualTo(RmgrId.XLOG);
                return ControlRecord.of(record).orElseThrow();
            }
        }
        throw new AssertionError("there is no record at " + change.lsn() + " in " + segment);
    }

    /** The end of an archive recovery is a checkpoint. */
    void beganWithItsCheckpoint() throws IOException {
        ControlRecord.Checkpoint checkpoint = (ControlRecord.Checkpoint) read();
        assertThat(checkpoint.manner()).isEqualTo(ControlRecord.Manner.SHUTDOWN);
        assertThat(server.query("select checkpoint_lsn || ' ' || redo_lsn || ' ' || timeline_id || ' ' ||"
                        + " prev_timeline_id || ' ' || next_xid from pg_control_checkpoint()"))
                .isEqualTo(change.lsn() + " " + checkpoint.redo() + " " + checkpoint.timeline() + " "
                        + checkpoint.previousTimeline() + " " + (checkpoint.nextXid() >>> 32) + ":"
                        + (checkpoint.nextXid() & 0xFFFF_FFFFL));
        toldByWalinspect(checkpoint.timeline(), checkpoint.previousTimeline(), Optional.empty());
    }

    /**
     * A promotion that was asked for is a record of its own, without waiting for a checkpoint.
     *
     * @param asked the server's time before it was asked for; it is over now
     */
    void beganWithARecord(Instant asked) throws IOException {
        ControlRecord.EndOfRecovery end = (ControlRecord.EndOfRecovery) read();
        assertThat(end.timeline()).isEqualTo(change.to());
        assertThat(end.previousTimeline()).isEqualTo(change.from());
        assertThat(end.time()).isBetween(asked, now(server));
        server.execute("checkpoint");
        assertThat(server.query("select timeline_id from pg_control_checkpoint()"))
                .isEqualTo(end.timeline().toString());
        toldByWalinspect(end.timeline(), end.previousTimeline(), Optional.of(end.time()));
    }

    static Instant now(PostgresInstance server) {
        return Instant.parse(server.query(
                "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
    }

    private void toldByWalinspect(TimelineId timeline, TimelineId previous, Optional<Instant> time) {
        if (!major.isAtLeast(15)) {
            return;
        }
        server.execute("create extension if not exists pg_walinspect");
        String told = described();
        Matcher words = TOLD.matcher(told);
        assertThat(words.find()).as(told).isTrue();
        assertThat(words.group(1)).isEqualTo(timeline.toString());
        assertThat(words.group(2)).isEqualTo(previous.toString());
        assertThat(Optional.ofNullable(words.group(3)).map(NewTimeline::instant))
                .isEqualTo(time);
    }

    private String described() {
        try (Connection connection = server.connect()) {
            Sql.execute(connection, "set timezone to 'UTC'");
            return Sql.rows(connection, "select description from pg_get_wal_record_info('" + change.lsn() + "')")
                    .get(0);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Instant instant(String text) {
        int dot = text.indexOf('.');
        String micros = dot < 0 ? "" : text.substring(dot + 1);
        return LocalDateTime.parse(dot < 0 ? text : text.substring(0, dot), TIME)
                .plusNanos(Integer.parseInt((micros + "0".repeat(9)).substring(0, 9)))
                .toInstant(ZoneOffset.UTC);
    }
}
