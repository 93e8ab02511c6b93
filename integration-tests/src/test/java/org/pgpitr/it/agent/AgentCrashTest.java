package org.pgpitr.it.agent;

import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.StoreProcess;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.storage.ObjectStore;

/**
 * Agent, hooks, server and store killed by {@code kill -9} at random moments under load. After each, whatever the server
 * takes for archived has to be in the repository, and what waits has to be archived, whoever is left to do it; in the end
 * the archive has no hole, is verified byte by byte, and recovered. Every second agent receives a stream as well, and nothing
 * that the server takes for streamed may be missing either.
 *
 * <p>{@code -Dpgpitr.cycles=200} is the long run; {@code -Dpgpitr.seed} repeats one.
 */
@Tag("scenario")
class AgentCrashTest {
    private static final int CYCLES = Integer.getInteger("pgpitr.cycles", 5);
    private static final long SEED = Long.getLong("pgpitr.seed", System.nanoTime());

    private enum Victim {
        HOOKS,
        SERVER,
        AGENT,
        STORE,
        SERVER_AND_AGENT,
        STORE_AND_AGENT,
        ALL
    }

    private final Random random = new Random(SEED);
    private StoreProcess store;
    private AgentProcess agent;
    private boolean streams;
    private PostgresInstance server;

    @Test
    @DisplayName("Class 10, 18, 33, 34, 36: whoever is killed, nothing is lost, told falsely, or stuck")
    void whoever_is_killed_nothing_is_acknowledged_that_is_not_durable_and_nothing_is_stuck() throws Exception {
        System.out.println("AgentCrashTest: seed " + SEED + ", cycles " + CYCLES);
        try (Workspace work = new Workspace();
                StoreProcess running = StoreProcess.start(work);
                AgentProcess beside = AgentProcess.beside(work, Variant.DISK, running.variables());
                ObjectStore objects = running.open()) {
            store = running;
            agent = beside;
            Cluster source = agent.cluster();
            server = source.server();
            source.pgpitr()
                    .runWith("PGPITR_STREAM_ENABLED", "true", "stream", "--create-slot")
                    .expect(ExitCode.OK);
            startNext();
            ArchiveWitness witness = new ArchiveWitness(server, AgentProcess.SEGMENT, objects, "seed " + SEED);
            source.backup();
            server.execute("create table bulk (filler text)");
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                cycle(witness);
            }
            if (!isStreaming()) {
                agent.kill();
                streams = false;
                startNext();
            }
            source.insert("in the last segment");
            server.query("select pg_switch_wal()");
            AgentProcess.awaitDrained(server);
            Moment end = source.insert("in the last pieces");
            source.awaitStreamed();
            witness.look();
            witness.requireNoHole();
            agent.stop();
            source.pgpitr().run("verify", "--full").expect(ExitCode.OK);
            Cluster recovered = source.restore("--no-archive", "--target-action", "promote");
            source.pgpitr().environment().forEach(recovered.server()::environment);
            recovered.server().start().awaitRecovered();
            recovered.expect(end);
        }
    }

    private void cycle(ArchiveWitness witness) throws Exception {
        Victim[] victims = Victim.values();
        Victim victim = victims[random.nextInt(victims.length)];
        load(2 + random.nextInt(5));
        TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
        kill(victim);
        if (!store.isAlive()) {
            if (server.isRunning() && random.nextBoolean()) {
                load(1 + random.nextInt(3)); // what comes while the store is away has to wait, and not more
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1000));
            store.start();
        }
        witness.look();
        if (!server.isRunning()) {
            server.start();
        }
        if (!agent.process().isAlive() && random.nextBoolean()) {
            startNext();
        }
        AgentProcess.awaitDrained(server);
        if (isStreaming()) {
            agent.cluster().awaitStreamed();
        }
        witness.look();
        if (random.nextBoolean() && !agent.process().isAlive()) {
            startNext();
        }
    }

    /** The first one streams, the next one does not, and so on. */
    private void startNext() throws IOException {
        streams = !streams;
        agent.start(Map.of("PGPITR_STREAM_ENABLED", Boolean.toString(streams)));
    }

    private boolean isStreaming() {
        return streams && agent.process().isAlive();
    }

    private void kill(Victim victim) throws Exception {
        switch (victim) {
            case HOOKS -> AgentProcess.killHooks(server, "archive-push");
            case SERVER -> server.kill();
            case AGENT -> agent.kill();
            case STORE -> store.kill();
            case SERVER_AND_AGENT -> {
                server.kill();
                agent.kill();
            }
            case STORE_AND_AGENT -> {
                store.kill();
                agent.kill();
            }
            case ALL -> {
                store.kill();
                agent.kill();
                server.kill();
            }
        }
    }

    private void load(int segments) {
        for (int i = 0; i < segments; i++) {
            server.execute("insert into bulk select repeat(md5(random()::text), 20) from generate_series(1, 500)");
            server.query("select pg_switch_wal()");
        }
    }
}
