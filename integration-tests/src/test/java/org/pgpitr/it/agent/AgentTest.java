package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** The agent beside a real server. */
@Tag("scenario")
class AgentTest {
    @Test
    void the_agent_archives_ahead_of_the_server_and_what_it_archived_is_recovered() throws Exception {
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK).startAndWait()) {
            Cluster source = agent.cluster();
            source.backup();
            for (int i = 0; i < 5; i++) {
                source.insert("row " + i);
                source.archive();
            }
            // Nothing but the agent archives now, and an acknowledgement is all that the server hears of it.
            source.server().environment("PGPITR_JAVA", "/nonexistent");
            source.server().stop(org.pgpitr.cli.demo.StopMode.FAST).start();
            Moment end = source.insert("end");
            source.archive();
            assertThat(source.server().query("select failed_count from pg_stat_archiver"))
                    .isEqualTo("0");

            Outcome status = source.pgpitr().run("status", "--json").expect(ExitCode.OK);
            assertThat(status.out())
                    .contains("\"pid\" : " + agent.process().pid())
                    .contains("\"last_archived\" : \"" + source.lastArchived())
                    .contains("\"store_available\" : true");
            assertThat(source.pgpitr().run("status").expect(ExitCode.OK).out()).contains("process ");
            Outcome second = source.pgpitr().launch("agent");
            assertThat(second.status()).isEqualTo(ExitCode.LOCKED.status());
            assertThat(second.out()).contains("is running already").contains("hint: ");

            agent.stop();
            assertThat(agent.log()).contains("agent: stopping").doesNotContain("error");
            assertThat(agent.spool().answers()).doesNotExist();
            assertThat(source.pgpitr()
                            .run("status", "--json")
                            .expect(ExitCode.OK)
                            .out())
                    .contains("\"agent\" : null");
            source.recover().expect(end);
        }
    }

    /** Has a segment acknowledged that the server does not know to be archived, and ends both. */
    private static String acknowledgedOnly(AgentProcess agent) throws Exception {
        PostgresInstance server = agent.cluster().server();
        server.set("archive_command", "false").reload();
        agent.startAndWait();
        agent.cluster().insert("before");
        String segment = server.query("select pg_walfile_name(pg_switch_wal())");
        server.await(
                "the acknowledgement",
                () -> Files.exists(agent.spool().acknowledged().resolve(segment)));
        agent.kill();
        server.kill();
        return segment;
    }

    /** With all times, as a careful administrator does, or a clone of the disk. */
    private static void copy(Workspace work, Path from, Path to) throws IOException {
        List<String> cp = List.of("cp", "-a", from.toString(), to.toString());
        assertThat(work.user().run(work.folder(), cp).succeeded()).isTrue();
    }

    /** Runs the hook of a data directory without Java, so that it can only say what the spool says. */
    private static Program hook(Workspace work, AgentProcess agent, Path data, String segment, String... around) {
        List<String> command = new ArrayList<>(List.of(around));
        command.addAll(work.user()
                .command(List.of(
                        "sh",
                        "-c",
                        "cd '" + data + "' && PGPITR_JAVA=/nonexistent pgpitr archive-push pg_wal/" + segment)));
        return Program.run(command, work.folder(), agent.cluster().pgpitr().environment());
    }

    @Test
    @DisplayName("Class 10: a copied spool is believed only with the same configuration, and what it says is true")
    void a_copy_of_the_data_directory_with_its_spool_is_told_nothing_false() throws Exception {
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK)) {
            Cluster source = agent.cluster();
            String segment = acknowledgedOnly(agent);
            Path data = source.server().dataDirectory();
            Path copy = work.folder().resolve("copy");
            copy(work, data, copy);
            Path spoolOfCopy =
                    work.folder().resolve("spool").resolve(Path.of("/").relativize(copy.toRealPath()));
            Files.createDirectories(spoolOfCopy.getParent());
            copy(work, agent.spool().folder(), spoolOfCopy);

            // The same configuration: the segment is in its repository, whoever asks.
            assertThat(hook(work, agent, copy, segment).status()).isZero();
            assertThat(source.repositoryFolder()
                            .resolve("main/1/wal")
                            .resolve(segment.substring(0, 8))
                            .resolve(segment.substring(8, 16))
                            .resolve(segment + ".zst"))
                    .exists();
            // With other content under that name, or another configuration, it says nothing.
            source.pgpitr().variable("PGPITR_REPOSITORY_URL", "file://" + work.folder("elsewhere"));
            assertThat(hook(work, agent, copy, segment).status()).isEqualTo(ExitCode.DEFECT.status());
            source.pgpitr().variable("PGPITR_REPOSITORY_URL", "");
            Files.write(copy.resolve("pg_wal").resolve(segment), new byte[] {1});
            assertThat(hook(work, agent, copy, segment).status()).isEqualTo(ExitCode.DEFECT.status());
        }
    }

    @Test
    @DisplayName("Class 10: a spool that was copied to another host with the same configuration is not believed there")
    void a_copy_on_another_host_with_its_spool_and_the_same_configuration_believes_nothing() throws Exception {
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK)) {
            Cluster source = agent.cluster();
            String segment = acknowledgedOnly(agent);
            // As on another host: the same paths, the same files with their times, and a disk of its own as repository.
            Path data = source.server().dataDirectory();
            Path original = data.resolveSibling("original");
            Files.move(data, original);
            copy(work, original, data);
            Files.move(source.repositoryFolder(), source.repositoryFolder().resolveSibling("on the first host"));
            work.folder(work.folder().relativize(source.repositoryFolder()).toString());
            assertThat(hook(work, agent, data, segment).status())
                    .as("on this host the acknowledgement still counts")
                    .isZero();

            String[] otherHost = {"unshare", "--uts", "sh", "-c", "hostname another-host && exec \"$0\" \"$@\""};
            Program can = Program.run(concat(otherHost, "true"), work.folder(), System.getenv());
            assumeTrue(can.succeeded(), "no second host name can be made here: " + can.output());
            assertThat(hook(work, agent, data, segment, otherHost).status()).isEqualTo(ExitCode.DEFECT.status());
        }
    }

    private static List<String> concat(String[] first, String last) {
        List<String> all = new ArrayList<>(List.of(first));
        all.add(last);
        return all;
    }

    /** Segments that PostgreSQL takes for archived. */
    static List<String> done(PostgresInstance server) {
        try (Stream<Path> files =
                Files.list(server.dataDirectory().resolve("pg_wal").resolve("archive_status"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}\\.done"))
                    .map(name -> name.substring(0, 24))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
