package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindCommandTest {
    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void wal_without_a_commit() throws IOException {
        repository = new TestRepository(folder.resolve("repo"));
        repository.generation(1);
        repository.backup(1, "20261120T230000Z", 2, List.of(), List.of());
        repository.archive(1, 1, 4);
    }

    private RunCli.Result run(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.addAll(List.of("-r", repository.folder().toString(), "--cluster", "main"));
        return new RunCli().run(words.toArray(String[]::new));
    }

    @Test
    void nothing_found_is_said_with_what_was_searched() {
        RunCli.Result result = run("find", "--around", "2026-11-21 00:30+01", "--within", "5min", "--table", "orders");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .startsWith("Searched from 2026-11-21 00:25:00+01 to 2026-11-21 00:35:00+01 on timeline 1: 4 segments")
                .contains("Nothing found.")
                .contains("No names of relations were captured")
                .contains("No table of the name \"orders\"")
                .contains("select pg_switch_wal()");
    }

    @Test
    void the_last_hour_is_searched_if_nothing_is_said() throws IOException {
        assertThat(run("find").out()).startsWith("Searched from 2026-11-21 00:45:00+01 on timeline 1");
        assertThat(JSON.std.mapFrom(run("find", "--json").out()))
                .containsKeys("cluster", "range", "searched", "events", "notes")
                .containsEntry("matches", 0);
    }

    @Test
    void an_unknown_timeline_and_broken_wal_are_told() throws IOException {
        assertThat(run("find", "--timeline", "7").status()).isEqualTo(2);
        repository.archive(1, 6, 6);

        assertThat(run("find", "--from-lsn", "0/100000").out())
                .contains("000000010000000000000005 is not in the archive");
    }

    @Test
    void no_backup_has_to_be_readable() throws IOException {
        Path manifest;
        try (Stream<Path> files = Files.walk(repository.folder())) {
            manifest = files.filter(file -> file.getFileName().toString().startsWith("manifest"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.write(manifest, new byte[100]);

        assertThat(run("plan").status()).isEqualTo(20);
        assertThat(run("find", "--from-lsn", "0/100000").out()).contains("4 segments read");
    }

    @ParameterizedTest
    @CsvSource({
        "--within,5min,--within goes with --around",
        "--around,yesterday,not a time",
        "--to,2026-11-20 12:00Z,give --from too",
        "--to-lsn,0/100,give --from-lsn too",
        "--from-lsn,nonsense,LSN",
        "--table,a.b.c.d,not a table's name",
        "--xid,-3,not a transaction's number",
        "--limit,0,--limit is from 1",
        "--deletes-over,-1,takes a number of rows",
        "--timeline,0,timeline"
    })
    void what_makes_no_sense_is_refused(String option, String value, String message) {
        RunCli.Result result = run("find", option, value);

        assertThat(result.status()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).contains(message);
    }
}
