package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;

class RetentionCommandsTest {
    private static final String OLD = "20261118T230000Z";
    private static final String MIDDLE = "20261119T230000Z";
    private static final String NEW = "20261120T230000Z";

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void three_backups_and_unbroken_wal() throws IOException {
        repository = new TestRepository(folder.resolve("repo"));
        repository.generation(1);
        repository.backup(1, OLD, 2, List.of(), List.of());
        repository.backup(1, MIDDLE, 4, List.of(), List.of());
        repository.backup(1, NEW, 6, List.of(), List.of());
        repository.archive(1, 1, 8);
    }

    private RunCli.Result run(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.addAll(List.of("-r", repository.folder().toString(), "--cluster", "main"));
        RunCli.Result result = new RunCli().run(words.toArray(String[]::new));
        return new RunCli.Result(
                result.status(),
                result.out().replace(folder.toString(), ""),
                result.err().replace(folder.toString(), ""));
    }

    private static Map<String, Object> json(RunCli.Result result) throws IOException {
        return JSON.std.mapFrom(result.out());
    }

    private Path backup(String id) {
        return repository.folder().resolve("main/1/backup/" + id);
    }

    @Test
    void without_a_policy_nothing_goes() {
        RunCli.Result result = run("expire");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("""
                error: nothing says which backups are to be kept, so none may go
                hint: set count, age, window, daily, weekly, monthly or yearly in [retention]; see docs/retention.md
                """);
        assertThat(run("expire", "--wal", "7d").status()).isEqualTo(2);
    }

    @Test
    void a_dry_run_tells_what_would_go_and_why_the_rest_stays() {
        RunCli.Result result = run("expire", "--dry-run", "--count", "2");

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().replaceAll("\\d\\d\\d B|\\d\\.\\d kB", "SIZE").replaceAll("(?m)^ +|(?<= ) +", ""))
                .isEqualTo("""
                Kept are the newest 2. WAL: all from the oldest kept backup on.

                BACKUP ENDED STORED WHY
                20261118T230000Z 2026-11-19 00:00:10+01 SIZE goes -
                20261119T230000Z 2026-11-20 00:00:10+01 SIZE stays one of the newest 2
                20261120T230000Z 2026-11-21 00:00:10+01 SIZE stays the newest backup that can be recovered; one of the newest 2

                TL FIRST WAL LAST WAL FILES STORED WHY
                1 000000010000000000000001 000000010000000000000003 3 SIZE goes -
                1 000000010000000000000004 000000010000000000000008 5 SIZE stays any moment after backup 20261119T230000Z
                """);
        assertThat(backup(OLD)).exists();
    }

    @Test
    void expire_deletes_what_the_dry_run_told_and_says_so() throws IOException {
        Map<String, Object> planned = json(run("expire", "--dry-run", "--count", "2", "--json"));
        assertThat(planned).containsEntry("dry_run", true).containsEntry("result", null);

        Map<String, Object> done = json(run("expire", "--count", "2", "--json"));

        assertThat(done).containsEntry("dry_run", false).containsEntry("cluster", "main");
        assertThat(((Map<?, ?>) done.get("plan")).get("wal")).isEqualTo(((Map<?, ?>) planned.get("plan")).get("wal"));
        assertThat(done.get("result"))
                .asString()
                .contains("deleted_backups=[{id=" + OLD + ", generation=1}]", "wal_files=3", "refused=[]");
        assertThat(backup(OLD)).doesNotExist();
        assertThat(backup(MIDDLE)).exists();
        assertThat(run("expire", "--count", "2", "--quiet").out())
                .isEqualTo("deleted 0 backups and 0 WAL files, 0 B in all\n");
    }

    @Test
    void the_policy_comes_from_the_configuration_too() throws IOException {
        Path file = Files.writeString(folder.resolve("pgpitr.toml"), """
                [cluster]
                name = "main"
                [[repository]]
                url = "file://%s"
                [retention]
                window = "1d"
                """.formatted(repository.folder()));

        RunCli.Result result = new RunCli().run("expire", "-c", file.toString());

        assertThat(result.status()).isZero();
        // the window begins on the 20th at 00:45 UTC
        assertThat(result.out())
                .contains("Kept are any moment of the last 1d.")
                .contains("the window of 1d begins at 2026-11-20 00:45:00Z and needs it")
                .endsWith(" in all\n");
        assertThat(backup(OLD)).doesNotExist();
        assertThat(backup(MIDDLE)).exists();
    }

    @Test
    void a_pin_keeps_a_backup_and_list_shows_it() throws IOException {
        RunCli.Result pinned = run("pin", OLD, "--reason", "before the migration", "--until", "2026-12-31");

        assertThat(pinned.err()).isEmpty();
        assertThat(pinned.out())
                .isEqualTo("backup " + OLD + " stays until 2027-01-01 00:00:00+01: before the migration\n");
        assertThat(run("list").out())
                .contains("PINNED\n")
                .contains("until 2027-01-01 00:00:00+01: before the migration\n");
        assertThat(json(run("list", "--json")).get("backups"))
                .asString()
                .contains("pin={reason=before the migration, since=2026-11-21T00:45:00Z, until=2026-12-31T23:00:00Z}")
                .contains("pin=null");
        assertThat(run("expire", "--count", "1").out()).contains("pinned until 2026-12-31 23:00:00Z");
        assertThat(backup(OLD)).exists();

        assertThat(run("unpin", OLD).out())
                .isEqualTo("backup " + OLD + " is not pinned any more; it was: before the migration\n");
        assertThat(run("list").out()).doesNotContain("PINNED");
        run("expire", "--count", "1");
        assertThat(backup(OLD)).doesNotExist();
    }

    @Test
    void pins_that_make_no_sense_are_refused() {
        assertThat(run("pin", OLD).status()).isEqualTo(2);
        assertThat(run("pin", OLD, "--reason", " ").status()).isEqualTo(2);
        assertThat(run("pin", "yesterday's", "--reason", "x").status()).isEqualTo(2);
        assertThat(run("pin", OLD, "--reason", "x", "--until", "2026-11-20").err())
                .startsWith("error: --until lies in the past: 2026-11-20\n");
        assertThat(run("pin", OLD, "--reason", "x", "--until", "2026-02-30").err())
                .startsWith("error: there is no such day");
        assertThat(run("pin", "20261101T000000Z", "--reason", "x").err())
                .startsWith("error: there is no backup 20261101T000000Z in generation 1");
        assertThat(run("unpin", OLD).err()).startsWith("error: backup " + OLD + " is not pinned");

        assertThat(run("pin", OLD, "--reason", "x").status()).isZero();
        assertThat(run("pin", OLD, "--reason", "y").err())
                .isEqualTo("error: backup " + OLD
                        + " is pinned already: x\nhint: take that pin off first: `pgpitr unpin " + OLD + "`\n");
    }

    @Test
    void while_a_backup_is_taken_expire_is_locked_out() {
        LeaseHolder elsewhere = new LeaseHolder("db2", "", "", 1, "");
        Clock clock = Clock.fixed(RunCli.NOW, ZoneOffset.UTC);
        Lease unused = Lease.acquire(repository.generation(1), BackupCatalog.LEASE, "backup", elsewhere, clock);

        RunCli.Result result = run("expire", "--count", "1", "--json");

        assertThat(result.status()).isEqualTo(11);
        assertThat(result.out()).contains("\"code\" : \"LOCKED\"");
        assertThat(backup(OLD)).exists();
    }
}
