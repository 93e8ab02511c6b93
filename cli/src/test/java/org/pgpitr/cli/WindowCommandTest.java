package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowCommandTest {
    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void two_backups() throws IOException {
        repository = new TestRepository(folder.resolve("repo"));
        repository.generation(1);
        repository.backup(1, "20261120T230000Z", 2, List.of(), List.of());
        repository.backup(1, "20261120T233000Z", 7, List.of(), List.of());
        repository.archive(1, 1, 9);
    }

    private RunCli.Result run(String... args) {
        return run(new RunCli(), args);
    }

    private RunCli.Result run(RunCli cli, String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.add(0, "window");
        words.addAll(List.of("-r", repository.folder().toString(), "--cluster", "main"));
        return cli.run(words.toArray(String[]::new));
    }

    private void lose(long segment) throws IOException {
        Path file;
        try (var files = Files.walk(repository.folder())) {
            file = files.filter(f -> f.getFileName().toString().startsWith(TestRepository.name(segment)))
                    .findFirst()
                    .orElseThrow();
        }
        Files.delete(file);
    }

    private String text(RunCli.Result result) {
        assertThat(result.status()).as(result.err()).isZero();
        return result.out().replace(repository.folder().toString(), "/repo");
    }

    @Test
    void one_interval_is_told_with_its_backups() {
        assertThat(text(run())).isEqualToNormalizingNewlines("""
                Window of cluster "main", as of 2026-11-21 01:45:00+01

                Repository    file:///repo

                              2026-11-21 00:00:10+01                                          2026-11-21 00:30:10+01
                Timeline 1    B====================================================================================B
                              = can be recovered   x gap   B end of a backup   * restore point

                Timeline 1

                From          2026-11-21 00:00:10+01 at 0/200100, the end of backup 20261120T230000Z
                To            the end of the archived WAL at 0/A00000, without a commit
                Backups       20261120T230000Z, from 2026-11-21 00:00:10+01 at 0/200100 on
                              20261120T233000Z, from 2026-11-21 00:30:10+01 at 0/700100 on
                """);
    }

    @Test
    void a_gap_is_told_with_its_cause_and_what_would_mend_it() throws IOException {
        lose(5);

        assertThat(text(run())).endsWith("""
                Backups       20261120T230000Z, from 2026-11-21 00:00:10+01 at 0/200100 on

                Gap           From 0/500000 to 2026-11-21 00:30:10+01 at 0/700100, the end of backup
                                20261120T233000Z, nothing can be recovered.
                              WAL segment 000000010000000000000005 is not in the archive.
                To mend       If `pg_wal` of the server or of a standby, or another archive, still has it, archive
                                it with `pgpitr archive-push`.

                From          2026-11-21 00:30:10+01 at 0/700100, the end of backup 20261120T233000Z
                To            the end of the archived WAL at 0/A00000, without a commit
                Backups       20261120T233000Z, from 2026-11-21 00:30:10+01 at 0/700100 on
                """);
    }

    @Test
    void the_line_fits_the_terminal_and_is_coloured_there() throws IOException {
        lose(5);

        RunCli.Result result = run(new RunCli().at(RunCli.person()));

        assertThat(result.out().lines().map(line -> line.replaceAll("\\u001b\\[\\d*m", "")))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(result.out()).contains("\u001b[31mxxx").contains("\u001b[32mB");
    }

    @Test
    @SuppressWarnings("unchecked")
    void programs_get_it_as_json() throws IOException {
        lose(5);

        Map<String, Object> json = JSON.std.mapFrom(run("--json").out());

        assertThat(json).containsEntry("readable", true).containsEntry("generation", 1);
        Map<String, Object> timeline = ((List<Map<String, Object>>) json.get("timelines")).get(0);
        assertThat((List<Map<String, Object>>) timeline.get("intervals"))
                .extracting(interval ->
                        interval.get("from_lsn") + " " + interval.get("to_lsn") + " " + interval.get("hole"))
                .containsExactly("0/200100 0/500000 true", "0/700100 0/A00000 false");
        assertThat((List<Map<String, Object>>) timeline.get("gaps"))
                .singleElement()
                .satisfies(gap -> assertThat(gap)
                        .containsEntry("from_lsn", "0/500000")
                        .containsEntry("to_lsn", "0/700100")
                        .containsEntry("to_backup", "20261120T233000Z")
                        .containsEntry(
                                "causes",
                                List.of(Map.of(
                                        "kind",
                                        "missing_segments",
                                        "first",
                                        "000000010000000000000005",
                                        "last",
                                        "000000010000000000000005",
                                        "count",
                                        1,
                                        "message",
                                        "WAL segment 000000010000000000000005 is not in the archive"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | --check | ok: any moment from 2026-11-21 00:00:10+01 on can be recovered, to 2026-11-21 00:30:10+01,",
                "0 | --check --max-lag 2h --min-depth 1h | ok: any moment from",
                "23 | --check --max-lag 5min | FAILED: the last moment that can be recovered is 2026-11-21 00:30:10+01, 1 h"
                        + " 15 min ago (more than 5min)",
                "23 | --check --min-depth 7d | FAILED: all moments can be recovered only since 2026-11-21 00:00:10+01, 1 h 45"
                        + " min ago (less than 7d)",
                "2 | --max-lag 5min | --max-lag goes with --check",
                "2 | --check --min-depth 7 | --min-depth: not a time such as 5min: \"7\""
            })
    void monitoring_gets_one_line_and_an_exit_status(int status, String options, String said) {
        RunCli.Result result = run(options.split(" "));

        assertThat(result.status()).as(result.err()).isEqualTo(status);
        assertThat(status == 2 ? result.err() : result.out()).contains(said);
        assertThat(result.out().lines().count()).isLessThanOrEqualTo(1);
    }

    @Test
    void a_gap_that_costs_depth_or_the_end_is_named_to_monitoring() throws IOException {
        lose(5);
        assertThat(run("--check", "--min-depth", "80min").out())
                .contains("only since 2026-11-21 00:30:10+01")
                .contains("before that, WAL segment 000000010000000000000005 is not in the archive");

        lose(8);
        RunCli.Result result = run("--check");
        assertThat(result.status()).isEqualTo(23);
        assertThat(result.out())
                .isEqualToIgnoringNewLines("FAILED: nothing behind 0/800000 of timeline 1 can be recovered:"
                        + " WAL segment 000000010000000000000008 is not in the archive");
    }

    @Test
    void without_a_backup_nothing_can_be_recovered() throws IOException {
        repository = new TestRepository(folder.resolve("empty"));
        repository.generation(1);

        assertThat(text(run())).contains("Nothing can be recovered.");
        assertThat(run("--check").status()).isEqualTo(23);
    }
}
