package org.pgpitr.it.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BlockReference;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;

/** Record by record the same as PostgreSQL's own {@code pg_waldump}, where Debian's postgresql-15 is installed. */
class PgWaldumpTest {
    private static final Path PROGRAM = Path.of("/usr/lib/postgresql/15/bin/pg_waldump");
    private static final PostgresMajor MAJOR = new PostgresMajor(15);
    private static final Pattern LINE = Pattern.compile(
            "rmgr: \\S+ +len \\(rec/tot\\): +\\d+/ *(\\d+), tx: +(\\d+), lsn: ([0-9A-F]+)/([0-9A-F]+), prev"
                    + " ([0-9A-F]+)/([0-9A-F]+), desc: .*");
    private static final Pattern BLOCK =
            Pattern.compile("blkref #(\\d+): rel (\\d+/\\d+/\\d+) (?:fork \\w+ )?blk (\\d+)");

    @Test
    void every_record_is_read_as_pg_waldump_reads_it() throws Exception {
        assumeTrue(Files.isExecutable(PROGRAM), "there is no " + PROGRAM);
        assumeTrue(Majors.all().anyMatch(major -> major == MAJOR.value()), "this run leaves out 15");
        try (Workspace work = new Workspace()) {
            PostgresInstance server = WalReaderTest.server(work, MAJOR.value());
            WalReaderTest.workload(server);
            List<Path> segments = WalReaderTest.segments(server);
            List<String> read = new ArrayList<>();
            WalReader reader = new WalReader(MAJOR, WalReaderTest.SIZE);
            WalRecord record = new WalRecord();
            for (Path segment : segments) {
                reader.open(WalSegmentName.parse(segment.getFileName().toString()), Files.readAllBytes(segment));
                while (reader.next(record)) {
                    read.add(line(record));
                }
            }
            assertThat(read).hasSizeGreaterThan(20_000);
            List<String> dumped = dumped(segments.get(0), segments.get(segments.size() - 1));
            // The server may have written on meanwhile.
            assertThat(dumped.subList(0, read.size())).isEqualTo(read);
        }
    }

    private static String line(WalRecord record) {
        StringBuilder line = new StringBuilder();
        line.append(record.length()).append(' ').append(record.xid()).append(' ');
        line.append(record.start().value()).append(' ').append(record.previous().value());
        for (int i = 0; i < record.blockCount(); i++) {
            BlockReference block = record.block(i);
            line.append(' ').append(block.id()).append('=').append(block.tablespace());
            line.append('/').append(block.database()).append('/').append(block.relation());
            line.append(':').append(block.block());
        }
        return line.toString();
    }

    private static List<String> dumped(Path first, Path last) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(PROGRAM.toString(), first.toString(), last.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        List<String> lines = new ArrayList<>();
        for (String text : output.split("\n")) {
            Matcher line = LINE.matcher(text);
            assertThat(line.matches()).as(text).isTrue();
            StringBuilder same =
                    new StringBuilder(line.group(1) + " " + line.group(2) + " " + lsn(line, 3) + " " + lsn(line, 5));
            Matcher block = BLOCK.matcher(text);
            while (block.find()) {
                same.append(' ')
                        .append(block.group(1))
                        .append('=')
                        .append(block.group(2))
                        .append(':')
                        .append(block.group(3));
            }
            lines.add(same.toString());
        }
        return lines;
    }

    private static long lsn(Matcher line, int group) {
        return Long.parseLong(line.group(group), 16) << 32 | Long.parseLong(line.group(group + 1), 16);
    }
}
