package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
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

    @Test
    void a_copy_of_the_data_directory_with_its_spool_believes_nothing_of_it() throws Exception {
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK)) {
            Cluster source = agent.cluster();
            PostgresInstance server = source.server();
            server.set("archive_command", "false").reload();
            agent.startAndWait();
            source.insert("before");
            String segment = server.query("select pg_walfile_name(pg_switch_wal())");
            server.await(
                    "the acknowledgement",
                    () -> Files.exists(agent.spool().acknowledged().resolve(segment)));
            agent.kill();
            server.kill();

            Path copy = work.folder().resolve("copy");
            List<String> cp = List.of("cp", "-a", server.dataDirectory().toString(), copy.toString());
            assertThat(work.user().run(work.folder(), cp).succeeded()).isTrue();
            Path place = agent.spool().folder().getParent();
            Path spoolOfCopy =
                    work.folder().resolve("spool").resolve(Path.of("/").relativize(copy.toRealPath()));
            Files.createDirectories(spoolOfCopy.getParent());
            assertThat(work.user()
                            .run(
                                    work.folder(),
                                    List.of("cp", "-r", agent.spool().folder().toString(), spoolOfCopy.toString()))
                            .succeeded())
                    .isTrue();
            assertThat(place).exists();
            // The copy archives elsewhere: what the other repository has is nothing to it.
            Path elsewhere = work.folder("elsewhere");
            List<String> push = List.of(
                    "sh",
                    "-c",
                    "cd '" + copy + "' && PGPITR_REPOSITORY_URL='file://" + elsewhere + "' pgpitr archive-push pg_wal/"
                            + segment);
            assertThat(work.user()
                            .run(push, work.folder(), source.pgpitr().environment())
                            .status())
                    .isEqualTo(ExitCode.NO_REPOSITORY.status());
        }
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
