package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
    private static final String BACKUP = "20261119T230000Z";

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void a_backup_and_unbroken_wal() throws IOException {
        repository = new TestRepository(folder.resolve("repo"));
        repository.generation(1);
        repository.backup(1, BACKUP, 2, List.of(), List.of());
        repository.archive(1, 1, 8);
    }

    private RunCli.Result run(String... args) {
        List<String> words = new ArrayList<>(List.of("verify"));
        words.addAll(List.of(args));
        words.addAll(List.of("-r", repository.folder().toString(), "--cluster", "main"));
        return new RunCli().with("HOME", folder.toString()).run(words.toArray(String[]::new));
    }

    private void lose(long... segments) throws IOException {
        for (long segment : segments) {
            Files.delete(object(segment));
        }
    }

    private void cut(long segment) throws IOException {
        Path object = object(segment);
        byte[] bytes = Files.readAllBytes(object);
        Files.delete(object);
        Files.write(object, Arrays.copyOf(bytes, bytes.length - 1));
    }

    private Path object(long segment) {
        return repository.folder().resolve("main/1/wal/00000001/00000000/" + TestRepository.name(segment) + ".zst");
    }

    @Test
    void what_is_sound_is_said_to_be_with_what_was_looked_at() {
        RunCli.Result result = run("--quick");

        assertThat(result.out()).isEqualTo("""
                        verified: 1 manifest and the names of 8 archived WAL files
                        nothing is missing, and nothing that was read is damaged
                        """);
        assertThat(result.status()).isZero();
    }

    @Test
    void a_hole_is_one_line_with_a_hint_and_status_21() throws IOException {
        lose(4, 5);

        RunCli.Result result = run("--quick", "-q");

        assertThat(result.status()).isEqualTo(21);
        assertThat(result.out())
                .startsWith(
                        "hole      WAL segments 000000010000000000000004 to 000000010000000000000005 (2) are missing"
                                + " (behind 000000010000000000000003, archived ")
                .contains("; on timeline 1 no moment from 0/400000 on can be recovered\n          hint: if a server or"
                        + " another repository still has the segments")
                .endsWith("\n1 finding is a hole\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void damage_has_status_20_and_one_hint_for_all_of_a_kind() throws IOException {
        lose(7);
        cut(3);
        cut(5);

        RunCli.Result result = run("--full");

        assertThat(result.status()).isEqualTo(20);
        assertThat(result.out()
                        .lines()
                        .filter(line -> line.startsWith("damaged   "))
                        .count())
                .isGreaterThan(2);
        assertThat(result.out().split("hint: put the object back", -1))
                .as("of two damaged segments")
                .hasSize(2);
        assertThat(result.out()).contains("findings are damaged, 1 finding is a hole\n");
        assertThat(folder.resolve(".local/state/pgpitr")).isEmptyDirectory();
    }

    @Test
    void programs_are_told_the_same_and_every_member_is_documented() throws IOException {
        lose(7);
        String page = Files.readString(Path.of("../docs/json.md"));

        RunCli.Result result = run("--sample", "50%", "--json", "-q");

        Map<String, Object> json = JSON.std.mapFrom(result.out());
        assertThat(json).containsEntry("depth", "sample").containsEntry("ok", false);
        assertThat(json.get("exit_status")).isEqualTo(result.status());
        assertThat(json.get("generations"))
                .asString()
                .contains("kind=wal_missing", "parts=2", "lost_from_lsn=0/700000");
        List<String> names = new ArrayList<>();
        collect(json, names);
        assertThat(names).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    private static void collect(Object value, List<String> names) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> {
                names.add(name.toString());
                collect(member, names);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(item -> collect(item, names));
        }
    }

    @Test
    void every_kind_of_finding_is_documented() throws IOException {
        String page = Files.readString(Path.of("../docs/json.md"));
        for (String file : List.of("RepositoryFinding", "BackupFinding", "WalFinding")) {
            String source = Files.readString(
                    Path.of("../agent/service/src/main/java/org/pgpitr/service/verify/" + file + ".java"));
            assertThat(java.util.regex.Pattern.compile("kind\\(\\) \\{\\s*return \"([a-z_]+)\"")
                            .matcher(source)
                            .results()
                            .map(kind -> kind.group(1)))
                    .isNotEmpty()
                    .allSatisfy(kind -> assertThat(page).contains("`" + kind + "`"));
        }
    }

    @Test
    void options_that_make_no_sense_are_refused() {
        assertThat(run("--quick", "--full").status()).isEqualTo(2);
        assertThat(run("--sample", "70%").err()).startsWith("error: --sample takes 1% to 50%, not \"70%\"");
        assertThat(run("--sample", "5%", "--since", "2026-11-20 12:00Z").err())
                .startsWith("error: a sample can't be limited by time");
        assertThat(run("--since", "noon").status()).isEqualTo(2);
        assertThat(run("--backup", "yesterday").status()).isEqualTo(2);
        assertThat(run("--backup", "20200101T000000Z").err()).startsWith("error: there is no backup 20200101T000000Z");
        assertThat(run("--max-rate", "fast").err()).contains("must be a size from 64kB");
        assertThat(run("--quick", "--max-rate", "50MB/s", "--workers", "1", "--since", "2026-11-01 12:00")
                        .err())
                .startsWith("warning: --since names no zone");
    }
}
