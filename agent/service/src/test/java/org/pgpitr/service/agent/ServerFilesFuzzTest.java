package org.pgpitr.service.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.archive.BackupHistoryCheck;
import org.pgpitr.service.archive.ReplayedWal;
import org.pgpitr.service.init.DataDirectory;

/** Files of a server that the agent looks into, and what systemd tells it. */
@Timeout(60)
class ServerFilesFuzzTest {
    private static final int CASES = 3_000;
    private static final String LABEL = """
            START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
            CHECKPOINT LOCATION: 0/2000060
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-28 12:00:00 UTC
            LABEL: pgpitr
            START TIMELINE: 1
            """;

    @TempDir
    private Path data;

    private byte[] process;

    @BeforeEach
    void a_server() throws IOException {
        Files.createDirectories(data.resolve("pg_wal"));
        Files.createDirectories(data.resolve("global"));
        Files.createFile(data.resolve("recovery.signal"));
        process = ("4711\n" + data + "\n1790000000\n5432\n/tmp\n*\n  1234567   1\nready   \n").getBytes(UTF_8);
        Files.write(data.resolve("postmaster.pid"), process);
    }

    @Test
    void the_process_of_a_server_is_known_or_not() {
        Fuzzing.of("postmaster.pid", process).cases(CASES).run(bytes -> {
            Files.write(data.resolve("postmaster.pid"), bytes);
            Postmaster.isInRecovery(data);
        });
    }

    @Test
    void the_process_of_a_server_is_known_whatever_bytes_the_name_of_its_directory_has() throws IOException {
        Files.write(data.resolve("postmaster.pid"), "4711\n/srv/gr\u00f6\u00dfe\n1790000000\n".getBytes(ISO_8859_1));
        assertThat(Postmaster.process(data)).hasValue(4711);
    }

    @Test
    void how_fast_was_replayed_is_told_or_not() throws IOException {
        Path label = data.resolve("backup_label.old");
        Fuzzing.of("backup_label.old", LABEL.getBytes(UTF_8)).cases(CASES).run(bytes -> {
            Files.write(label, bytes);
            assertThat(ReplayedWal.measure(data, "db1")).isEmpty();
        });
        Files.writeString(label, LABEL);
        Fuzzing.of("start in postmaster.pid", process).cases(CASES).run(bytes -> {
            Files.write(data.resolve("postmaster.pid"), bytes);
            assertThat(ReplayedWal.measure(data, "db1")).isEmpty();
        });
    }

    @Test
    void a_data_directorys_version_is_read_or_refused() throws IOException {
        try (InputStream control = Fuzzing.class.getResourceAsStream("/golden/18/pg_control")) {
            Files.write(data.resolve("global/pg_control"), control.readAllBytes());
        }
        Fuzzing.of("PG_VERSION", "18\n".getBytes(UTF_8)).cases(CASES).run(bytes -> {
            Files.write(data.resolve("PG_VERSION"), bytes);
            try {
                assertThat(DataDirectory.facts(data)).isPresent();
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
            }
        });
    }

    @Test
    void a_backups_history_fits_its_name_or_not() {
        BackupHistoryName name = (BackupHistoryName) WalFileName.parse("000000010000000000000002.00000028.backup");
        Fuzzing.of("backup history", LABEL.getBytes(UTF_8)).run(bytes -> {
            String text = new String(bytes, UTF_8);
            boolean fits = BackupHistoryCheck.misfit(name, text, WalSegmentSize.DEFAULT)
                    .isEmpty();
            // A position may be written with zeros before it
            assertThat(fits)
                    .isEqualTo(text.matches("(?s)START WAL LOCATION: 0+/0*2000028 \\(file 0{7}1(0{15})2\\)\n.*"));
        });
    }

    @Test
    void what_systemd_asks_for_is_understood_or_not_heeded() {
        assertThat(ServiceNotifier.of(Map.of("WATCHDOG_USEC", "30000000")).watchdog())
                .contains(Duration.ofSeconds(30));
        Fuzzing.of("WATCHDOG_USEC", "30000000".getBytes(UTF_8), "999999999999999999".getBytes(UTF_8))
                .run(bytes -> ServiceNotifier.of(Map.of("WATCHDOG_USEC", new String(bytes, UTF_8)))
                        .watchdog()
                        .ifPresent(time -> assertThat(time.isNegative()).isFalse()));
    }
}
