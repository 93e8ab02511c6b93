package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/**
 * Agent, hooks and server killed by {@code kill -9} at random moments under load. After each, whatever the server takes
 * for archived has to be in the repository, and in the end everything is archived and recovered.
 *
 * <p>{@code -Dpgpitr.cycles=200} is the long run.
 */
@Tag("scenario")
class AgentCrashTest {
    private static final int CYCLES = Integer.getInteger("pgpitr.cycles", 4);
    private static final long SEED = Long.getLong("pgpitr.seed", System.nanoTime());

    @Test
    void whoever_is_killed_nothing_is_acknowledged_that_is_not_durable_and_nothing_is_stuck() throws Exception {
        System.out.println("seed " + SEED + ", cycles " + CYCLES);
        Random random = new Random(SEED);
        try (Workspace work = new Workspace();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK).startAndWait()) {
            Cluster source = agent.cluster();
            PostgresInstance server = source.server();
            source.backup();
            server.execute("create table bulk (filler text)");
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                load(server, 4 + random.nextInt(6));
                TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
                switch (random.nextInt(4)) {
                    case 0 -> killHooks(server);
                    case 1 -> {
                        server.kill();
                        agent.kill();
                    }
                    case 2 -> server.kill();
                    default -> agent.kill();
                }
                assertDurable(source);
                if (!server.isRunning()) {
                    server.start();
                }
                if (!agent.process().isAlive() && random.nextBoolean()) {
                    agent.start();
                }
            }
            if (!agent.process().isAlive()) {
                agent.start();
            }
            Moment end = source.insert("end");
            source.archive();
            server.await("an empty backlog", () -> ready(server) == 0);
            assertDurable(source);
            agent.stop();
            source.recover().expect(end);
        }
    }

    private static void load(PostgresInstance server, int segments) {
        for (int i = 0; i < segments; i++) {
            server.execute("insert into bulk select repeat(md5(random()::text), 20) from generate_series(1, 500)");
            server.query("select pg_switch_wal()");
        }
    }

    /** The hooks of this server, and of no other. */
    private static void killHooks(PostgresInstance server) throws IOException {
        String pid = Files.readAllLines(server.dataDirectory().resolve("postmaster.pid"))
                .get(0);
        ProcessHandle.of(Long.parseLong(pid)).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("archive-push"))
                        .isPresent())
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static void assertDurable(Cluster source) {
        for (String segment : AgentTest.done(source.server())) {
            Path object = source.repositoryFolder()
                    .resolve("main/1/wal")
                    .resolve(segment.substring(0, 8))
                    .resolve(segment.substring(8, 16))
                    .resolve(segment + ".zst");
            assertThat(object).as("seed " + SEED).exists();
        }
    }

    private static long ready(PostgresInstance server) {
        String[] names =
                server.dataDirectory().resolve("pg_wal/archive_status").toFile().list();
        long count = 0;
        for (String name : names) {
            count += name.endsWith(".ready") ? 1 : 0;
        }
        return count;
    }
}
