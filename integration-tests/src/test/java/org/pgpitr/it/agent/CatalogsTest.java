package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.Lsn;

/** The agent captures the names of relations between backups. */
@Tag("scenario")
class CatalogsTest {
    /** Beyond what `find` reads before its range, so that it can't read the names in the WAL. */
    private static final int SEGMENTS_BETWEEN = 12;

    private static final Pattern FAILED = Pattern.compile("\"catalogs\" : \\{[^}]*\"last_error_time\" : \"([^\"]*)\"");
    private static final Pattern CAPTURED = Pattern.compile("\"last_captured_lsn\" : \"([0-9A-F]+/[0-9A-F]+)\"");

    private static void archiveSome(Cluster source) {
        for (int i = 0; i < SEGMENTS_BETWEEN; i++) {
            source.insert("filler " + i);
            source.server().query("select pg_switch_wal()");
        }
        source.archive();
    }

    private static List<String> captured(Cluster source) {
        Path folder = source.repositoryFolder().resolve("main/1/catalog");
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void what_came_behind_a_backup_and_went_before_the_next_is_named() throws Exception {
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK_ENCRYPTED)) {
            Cluster source = agent.cluster();
            PostgresInstance server = source.server();
            source.pgpitr().variable("PGPITR_AGENT_CATALOG_INTERVAL", "1s");
            agent.startAndWait();
            server.execute("create database shop");
            source.backup();
            server.execute("create table fleeting (id int primary key)");
            server.executeIn("shop", "create schema s", "create table s.passing (id int)");
            Lsn created = Lsn.parse(server.query("select pg_current_wal_insert_lsn()"));
            source.archive();
            server.await(
                    "the names of both",
                    () -> capturedAt(source).filter(at -> !at.isBefore(created)).isPresent());
            assertThat(captured(source)).isNotEmpty().allMatch(name -> name.endsWith(".zst.age"));
            archiveSome(source);

            String from = server.query("select pg_current_wal_insert_lsn()");
            server.execute("drop table fleeting");
            server.executeIn("shop", "drop table s.passing");
            archiveSome(source);
            source.backup();

            assertThat(source.pgpitr()
                            .run("find", "--from-lsn", from, "--drops")
                            .expect(ExitCode.OK)
                            .out())
                    .contains("public.fleeting (postgres) dropped", "s.passing (shop) dropped");
            assertThat(source.pgpitr()
                            .run("find", "--from-lsn", from, "--table", "s.passing")
                            .expect(ExitCode.OK)
                            .out())
                    .contains("s.passing (shop) dropped");
            agent.stop();
            assertThat(agent.log()).doesNotContain("error").doesNotContain("catalogs:");
        }
    }

    @Test
    void an_agent_that_can_not_reach_the_server_says_so_once_and_archives() throws Exception {
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK)) {
            Cluster source = agent.cluster();
            source.pgpitr()
                    .variable("PGPITR_AGENT_CATALOG_INTERVAL", "1s")
                    .variable("PGPITR_CLUSTER_USER", "nobody_of_that_name");
            agent.startAndWait();
            source.pgpitr().variable("PGPITR_CLUSTER_USER", "postgres");
            for (int i = 0; i < 4; i++) {
                source.server().execute("create table t" + i + " (id int)");
                source.archive();
            }
            source.server()
                    .await(
                            "the agent to have tried",
                            () -> lastErrorTime(status(source)).isPresent());
            String first = status(source);
            source.server()
                    .await(
                            "another attempt",
                            () -> lastErrorTime(status(source))
                                    .filter(time ->
                                            !time.equals(lastErrorTime(first).orElseThrow()))
                                    .isPresent());

            assertThat(first).contains("nobody_of_that_name").contains("\"store_available\" : true");
            agent.stop();
            assertThat(agent.log().split("warning catalogs: ", -1)).hasSize(2);
            assertThat(agent.log()).contains("the names of relations are not captured, and archiving goes on: ");
            assertThat(captured(source)).isEmpty();
        }
    }

    private static Optional<Lsn> capturedAt(Cluster source) {
        Matcher found = CAPTURED.matcher(status(source));
        return found.find() ? Optional.of(Lsn.parse(found.group(1))) : Optional.empty();
    }

    private static String status(Cluster source) {
        return source.pgpitr().run("status", "--json").expect(ExitCode.OK).out();
    }

    /** As it stands in the catalogs' part of the agent's status. */
    private static Optional<String> lastErrorTime(String status) {
        Matcher found = FAILED.matcher(status);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
