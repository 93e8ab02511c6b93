package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.DamagedPage;
import org.pgpitr.repository.backup.Tablespace;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.Content;

class RecoveryCommandsTest {
    private static final String OLD = "20261119T230000Z";
    private static final String NEW = "20261120T230000Z";

    @TempDir
    private Path folder;

    private TestRepository repository;
    private byte[] next;

    @BeforeEach
    void two_backups_and_unbroken_wal() throws IOException {
        repository = new TestRepository(folder.resolve("my repo"));
        repository.generation(1);
        repository.backup(1, OLD, 2, List.of(new Tablespace(16385, "fast", "/mnt/fast")), List.of());
        repository.backup(1, NEW, 5, List.of(), List.of(new DamagedPage("base/5/16384", 7)));
        next = repository.archiveCommits(1, 1, 8);
    }

    private RunCli.Result run(String... args) {
        return run(new RunCli(), args);
    }

    private RunCli.Result run(RunCli cli, String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.addAll(List.of("-r", repository.folder().toString(), "--cluster", "main"));
        RunCli.Result result = cli.run(words.toArray(String[]::new));
        return new RunCli.Result(
                result.status(),
                result.out().replace(folder.toString(), ""),
                result.err().replace(folder.toString(), ""));
    }

    private static Map<String, Object> json(RunCli.Result result) throws IOException {
        return JSON.std.mapFrom(result.out());
    }

    @Test
    void list_is_a_table_in_local_time() {
        RunCli.Result result = run("list");

        assertThat(result.err()).isEmpty();
        assertThat(result.out().replaceAll("\\d\\d\\d B", "NNN B")).isEqualTo("""
                ID                ENDED                   TOOK  SIZE  STORED  WAL                TL  VERSION  DAMAGED
                20261119T230000Z  2026-11-20 00:00:10+01  10 s  29 B   NNN B  0/200028-0/200100   1  15.4           0
                20261120T230000Z  2026-11-21 00:00:10+01  10 s  29 B   NNN B  0/500028-0/500100   1  15.4           1
                """);
    }

    @Test
    void list_tells_generations_apart_and_what_can_not_be_read() throws IOException {
        repository.generation(2);
        Path manifest = repository.folder().resolve("main/1/backup/" + OLD + "/manifest.jsonl.zst");
        Files.setPosixFilePermissions(manifest, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Files.write(manifest, new byte[] {1, 2, 3});

        RunCli.Result result = run("list");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("Generation 1: PostgreSQL 15, system identifier 1 (restore from it with --generation 1)\n")
                .contains(NEW)
                .contains("Generation 2: PostgreSQL 15, system identifier 2\nno backup of cluster \"main\" in file://");
        assertThat(result.err()).startsWith("warning: backup " + OLD + " can't be read: ");
        assertThat(json(run("list", "--json")).get("unreadable")).asString().contains(OLD, "CORRUPT");
    }

    @Test
    void list_tells_where_the_stream_ends() throws IOException {
        Generation generation = repository.generation(1);
        Piece piece = new Piece(TimelineId.FIRST, Lsn.parse("0/900000"), Lsn.parse("0/9A1B28"));
        new StreamArchive(generation).put(piece, Content.of(Arrays.copyOf(next, (int) piece.length())));

        assertThat(run("list").out())
                .containsPattern("\nThe stream has brought WAL up to 0/9A1B28 on timeline 1, stored 20\\d\\d-");
        assertThat(run("list", "--json").out())
                .containsPattern(
                        "\"stream\" : \\{\\s+\"timeline\" : 1,\\s+\"lsn\" : \"0/9A1B28\",\\s+\"stored\" : \"20");
        assertThat(run("plan").out()).contains("0/9A1B28");
    }

    @Test
    void plan_is_a_page() {
        RunCli.Result result =
                run("plan", "--target-time", "2026-11-20 12:00:00+01", "--tablespace-map", "fast=/mnt/2");

        assertThat(result.err()).isEmpty();
        assertThat(result.out().replaceAll("\\d+(\\.\\d)? k?B of", "N B of")).isEqualTo("""
                Recovery of cluster "main" to time 2026-11-20 12:00:00+01 (2026-11-20 11:00:00+00)

                Repository    file:///my repo
                Backup        20261119T230000Z, taken 2026-11-20 00:00:00+01 in 10 s, primary, PostgreSQL 15.4
                              consistent at 0/200100, 2026-11-20 00:00:10+01
                Timeline      1
                WAL           000000010000000000000002 to 000000010000000000000006  (5 segments)
                Last in       transaction 745 at 2026-11-20 12:00:00+01, 0/500028
                First out     transaction 746 at 2026-11-20 13:00:00+01, 0/600028
                To fetch      N B of backup and N B of WAL
                              needs N B of disk, and room for WAL
                Will take     about 10 s
                              10 s to restore, as long as the backup took: no restore has been measured yet
                              156 ms to replay, a cautious guess: no replay has been measured yet
                Content       not read, but for the WAL that tells where it stops; `pgpitr plan --full` reads and
                                checks all of it first
                Tablespaces   fast (16385) goes to /mnt/2, was /mnt/fast
                Would write   recovery.signal, backup_manifest, and to postgresql.auto.conf:
                                restore_command = '/opt/pgpitr/bin/pgpitr archive-get --repository ''/my repo'' --cluster main --generation 1 --system-identifier 1 --encryption none %f "%p"'
                                recovery_target_time = '2026-11-20 11:00:00.000000+00'
                                recovery_target_inclusive = 'on'
                                recovery_target_timeline = '1'
                                recovery_target_action = 'pause'
                Passed over   20261120T230000Z: it ended at 2026-11-20T23:00:10Z, after the target

                Do it         pgpitr restore --target-time '2026-11-20 12:00:00+01' --tablespace-map fast=/mnt/2 -r '/my repo' --cluster main --into DIR
                """);
    }

    private static final String SIXTH = "20261121T010000Z";
    private static final String SEVENTH = "20261121T020000Z";

    private void twoThatAServerStartsWith() {
        repository.control = TestRepository.soundControl(1);
        repository.backup(1, SIXTH, 6, List.of(), List.of());
        repository.backup(1, SEVENTH, 7, List.of(), List.of());
    }

    private void flip(String object, int at) throws IOException {
        Path file = repository.folder().resolve(object);
        byte[] bytes = Files.readAllBytes(file);
        bytes[at < 0 ? bytes.length + at : at] ^= 4;
        Files.delete(file);
        Files.write(file, bytes);
    }

    @Test
    void a_full_plan_tells_what_it_read_and_is_restored_by_the_same_words_without_that() throws IOException {
        twoThatAServerStartsWith();

        RunCli.Result result = run("plan", "--full");

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("Content       read: 1 lane (3 files, ", "and 2 WAL files (2.0 MB, ")
                .contains("\n              all of it that this plan takes is as it was stored\n")
                .contains("\nDo it         pgpitr restore -r ")
                .doesNotContain("Damaged", "Passed over");
        assertThat(result.err()).contains("reading backup and WAL: ");
        Map<String, Object> full = json(run("plan", "--full", "--json"));
        Map<String, Object> trusting = json(run("plan", "--json"));
        assertThat(full.remove("content")).asString().contains("wal_files=2", "findings=[]");
        assertThat(trusting).containsEntry("content", null);
        trusting.remove("content");
        assertThat(full).isEqualTo(trusting);
    }

    @Test
    void a_full_plan_names_what_is_damaged_and_what_would_mend_it() throws IOException {
        twoThatAServerStartsWith();
        String object = "main/1/backup/" + SEVENTH + "/data/0000/000000.tar.zst";
        flip(object, -20);
        assertThat(run("plan").out()).contains("Backup        " + SEVENTH);

        RunCli.Result result = run("plan", "--full", "--quiet");

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        String out = result.out().replaceAll("\n +", " ");
        assertThat(out)
                .contains("Backup        " + SIXTH)
                .contains("Passed over   " + SEVENTH + ": object " + object + " of backup " + SEVENTH + " is damaged")
                .contains("Damaged       ", "to mend it: put the objects back from another copy of the repository");
    }

    @Test
    void a_full_plan_is_refused_with_all_that_was_found() throws IOException {
        twoThatAServerStartsWith();
        String object = "main/1/backup/" + SEVENTH + "/data/0000/000000.tar.zst";
        flip(object, -20);

        RunCli.Result result = run("plan", "--full", "--backup", SEVENTH, "--json", "--quiet");

        assertThat(result.status()).isEqualTo(21);
        assertThat(result.err())
                .startsWith("error: backup " + SEVENTH + " can't be used: object " + object)
                .containsOnlyOnce("is damaged: ")
                .contains("hint: ", "to mend what was found: put the objects back");
        assertThat(json(result).get("error")).asString().contains("object_damaged", "reachable");
    }

    /** What a plan accepts, a restore does not refuse. */
    @Test
    void a_tablespace_map_that_can_not_be_restored_is_refused_by_the_plan() {
        String[] backup = {"--target-immediate", "--backup", OLD};
        String into = folder.resolve("into").toString();
        RunCli.Result unknown = run(with(backup, "plan", "--tablespace-map", "slow=/mnt/2"));
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).startsWith("error: the backup has no tablespace \"slow\"");
        RunCli.Result inside =
                run(with(backup, "restore", "--dry-run", "--into", into, "--tablespace-map", "fast=" + into + "/ts"));
        assertThat(inside.status()).isEqualTo(2);
        assertThat(inside.err()).contains("can't go to /into/ts, which is in the data directory");
        assertThat(run(with(backup, "plan", "--tablespace-map", "fast=/mnt/2")).status())
                .isZero();
    }

    private static String[] with(String[] more, String... words) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void a_time_without_a_zone_is_told_as_it_was_understood_also_when_it_is_refused() {
        RunCli.Result planned = run(new RunCli(), "plan", "--target-time", "2026-11-20 12:00");
        RunCli.Result refused =
                run(new RunCli().in(ZoneId.of("Asia/Kolkata")), "plan", "--target-time", "2026-11-19 12:00");

        assertThat(planned.err())
                .isEqualTo("warning: --target-time names no zone; it is understood as 2026-11-20 12:00:00+01"
                        + " (Europe/Berlin)\n");
        assertThat(planned.out()).contains("to time 2026-11-20 12:00:00+01 (2026-11-20 11:00:00+00)\n");
        assertThat(refused.status()).isEqualTo(21);
        assertThat(refused.err())
                .startsWith("warning: --target-time names no zone; it is understood as 2026-11-19"
                        + " 12:00:00+0530 (Asia/Kolkata)\nerror: ");
    }

    @Test
    void plan_for_programs_has_the_same_facts() throws IOException {
        Map<String, Object> plan = json(run("plan", "--target-lsn", "0/500200", "--target-exclusive", "--json"));

        assertThat(plan)
                .containsEntry("cluster", "main")
                .containsEntry("generation", 1)
                .containsEntry("target", Map.of("kind", "lsn", "value", "0/500200", "inclusive", false));
        assertThat(plan.get("backup")).asString().contains(NEW);
        assertThat(plan)
                .containsEntry(
                        "last_included",
                        Map.of("xid", 745, "time", "2026-11-20T11:00:00Z", "lsn", "0/500028", "end_lsn", "0/500050"))
                .extractingByKey("first_left_out")
                .asString()
                .contains("xid=746");
        assertThat(plan.get("settings")).asString().contains("recovery_target_lsn=0/500200", "recovery_target_time=");
    }

    @Test
    void what_lies_behind_broken_wal_is_not_known() throws IOException {
        String[] before = {"--target-lsn", "0/900028"};
        Arrays.fill(next, 0x50, next.length, (byte) 0x5A);
        new WalArchive(repository.generation(1))
                .push(WalSegmentName.of(TimelineId.FIRST, 9, TestRepository.SIZE), Content.of(next));

        assertThat(run(with(before, "plan")).out())
                .contains("First out     not known: the WAL breaks at 0/900050 in segment 000000010000000000000009\n");
        assertThat(json(run(with(before, "plan", "--json"))))
                .containsEntry("first_left_out", null)
                .containsEntry("broken_behind", Map.of("lsn", "0/900050", "segment", "000000010000000000000009"));
    }

    @Test
    void a_target_that_can_not_be_reached_is_refused_with_what_can() throws IOException {
        RunCli.Result result = run("restore", "--target-lsn", "0/9900000", "--into", folder + "/x", "--json");

        assertThat(result.status()).isEqualTo(21);
        assertThat(result.err())
                .contains("error: LSN 0/9900000 can't be reached")
                .contains("hint: reachable is ");
        assertThat(json(result).get("error")).asString().contains("TARGET_UNREACHABLE", "last_target_lsn", OLD);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void only_one_target_can_be_had_and_values_are_checked() {
        assertThat(run("plan", "--target-time", "2026-11-20 12:00Z", "--target-latest")
                        .err())
                .startsWith("error: only one target can be had: --target-time or --target-latest\n");
        assertThat(run("plan", "--target-exclusive").err())
                .startsWith("error: --target-exclusive is for --target-time, --target-xid and --target-lsn\n");
        assertThat(run("plan", "--target-xid", "99999999999999999999").err())
                .startsWith("error: not a transaction's number: \"99999999999999999999\"\n");
        for (List<String> wrong : List.of(
                List.of("--target-time", "noon"),
                List.of("--target-xid", "x"),
                List.of("--target-lsn", "5"),
                List.of("--target-name", "x".repeat(64)),
                List.of("--target-timeline", "newest"),
                List.of("--target-action", "stop"),
                List.of("--backup", "yesterday"),
                List.of("--generation", "one"))) {
            RunCli.Result result = run("plan", wrong.get(0), wrong.get(1));
            assertThat(result.status()).as(wrong + ": " + result.err()).isEqualTo(2);
        }
    }

    @Test
    void a_backup_of_an_older_generation_is_found_by_its_identifier() throws IOException {
        repository.generation(2);

        assertThat(json(run("plan", "--backup", NEW, "--json"))).containsEntry("generation", 1);
        assertThat(json(run("plan", "--generation", "1", "--json"))).containsEntry("generation", 1);
        RunCli.Result newest = run("plan");
        assertThat(newest.status()).isEqualTo(21);
        assertThat(newest.err()).contains("this is generation 2; the cluster has others too");
    }

    @Test
    void restore_shows_the_plan_restores_and_tells_what_comes_next() throws IOException {
        RunCli.Result result = run("restore", "--target-immediate", "--no-archive", "--into", folder + "/r");

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("Writes        recovery.signal")
                .contains("archive_mode = 'off'")
                .contains("restored into /r: 3 files, 29 B in ")
                .contains("pg_ctl -D /r -o '-p 5433' start")
                .contains("select pg_wal_replay_resume();");
        assertThat(result.err()).contains("restoring: 29 B in");
        assertThat(folder.resolve("r/recovery.signal")).exists();
        assertThat(Files.readString(folder.resolve("r/postgresql.auto.conf")))
                .contains("recovery_target = 'immediate'");

        RunCli.Result again = run("restore", "--into", folder + "/r");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err()).contains("is not empty");
    }

    @Test
    void restore_can_be_quiet_and_speak_json() throws IOException {
        RunCli.Result quiet = run("restore", "--quiet", "--into", folder + "/q");
        RunCli.Result json = run("restore", "--quiet", "--json", "--standby", "--into", folder + "/j");

        assertThat(quiet.err()).isEmpty();
        assertThat(quiet.out().lines()).hasSize(1);
        assertThat(json(json))
                .containsEntry("into", "/j")
                .containsEntry("backup", NEW)
                .containsEntry("files", 3);
        assertThat(folder.resolve("j/standby.signal")).exists();
    }

    @Test
    void a_dry_run_writes_nothing() throws IOException {
        RunCli.Result result = run("restore", "--dry-run", "--into", folder + "/d", "--json");

        assertThat(json(result)).containsKeys("wal", "settings");
        assertThat(run("restore", "-n", "--into", folder + "/d").out()).contains("Would write");
        assertThat(folder.resolve("d")).doesNotExist();
    }

    @Test
    void the_hooks_move_files_and_say_absent_only_where_it_is_so() throws IOException {
        Path segment = Files.write(folder.resolve(TestRepository.name(9)), TestRepository.segment(1, 9));
        Path other = Files.write(
                Files.createDirectory(folder.resolve("o")).resolve(TestRepository.name(9)),
                changed(TestRepository.segment(1, 9)));
        Path fetched = folder.resolve("fetched");

        assertThat(run("archive-push", segment.toString())).isEqualTo(new RunCli.Result(0, "", ""));
        assertThat(json(run("archive-push", "--json", segment.toString())))
                .containsEntry("outcomes", List.of("already_there"));
        assertThat(run("archive-push", other.toString()).status()).isEqualTo(22);
        assertThat(run("archive-get", TestRepository.name(9), fetched.toString())
                        .status())
                .isZero();
        assertThat(fetched).hasBinaryContent(TestRepository.segment(1, 9));
        assertThat(run("archive-get", TestRepository.name(10), fetched + "2").status())
                .isEqualTo(91);
        assertThat(run("archive-get", "00000002.history", fetched + "2").status())
                .isEqualTo(91);
        assertThat(run("archive-get", "what", fetched + "2").status()).isEqualTo(2);
        List<String> ofCluster = List.of("--generation", "7", "--system-identifier", "1", "--encryption", "none");
        assertThat(run(words("archive-get", ofCluster, TestRepository.name(9), fetched.toString()))
                        .status())
                .isZero();
        assertThat(run(words("archive-get", ofCluster, TestRepository.name(10), fetched + "2"))
                        .status())
                .isEqualTo(91);
        for (List<String> wrong : List.of(
                List.of("--system-identifier", "2"), List.of("--system-identifier", "1", "--encryption", "age"))) {
            assertThat(run(words("archive-get", wrong, TestRepository.name(9), fetched + "2"))
                            .status())
                    .isEqualTo(10);
        }
        for (List<String> wrong : List.of(List.of("--system-identifier", "x"), List.of("--encryption", "rot13"))) {
            assertThat(run(words("archive-get", wrong, TestRepository.name(9), fetched + "2"))
                            .status())
                    .isEqualTo(2);
        }
    }

    private static String[] words(String command, List<String> options, String... parameters) {
        return Stream.of(Stream.of(command), options.stream(), Stream.of(parameters))
                .flatMap(words -> words)
                .toArray(String[]::new);
    }

    private static byte[] changed(byte[] segment) {
        segment[5000] = 1;
        return segment;
    }

    /** {@code docs/json.md} is written by hand; it has to name every member that there is. */
    @Test
    void every_member_of_the_json_is_documented() throws IOException {
        String page = Files.readString(Path.of("../docs/json.md"));
        for (RunCli.Result result : List.of(
                run("list", "--json"),
                run("plan", "--json"),
                run("plan", "--full", "--json"),
                run("plan", "--target-lsn", "0/9900000", "--json"),
                run("restore", "--json", "--into", folder + "/m"),
                run("archive-get", "--json", TestRepository.name(3), folder + "/w"),
                new RunCli().run("config", "show", "--json"),
                new RunCli().run("version", "--json"))) {
            List<String> names = new ArrayList<>();
            collect(json(result), names);
            names.removeIf(name -> name.startsWith("recovery_target") || name.equals("archive_mode"));
            assertThat(names).allSatisfy(name -> assertThat(page).contains(name));
        }
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
}
