package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.service.spool.Spool;

/**
 * A server that is lost with its disk, again and again: each run begins with the same cluster and the same repository with
 * one backup, commits under a stream, kills both by {@code kill -9}, deletes the data directory, and recovers from the
 * repository alone.
 */
final class LostServer implements AutoCloseable {
    private static final int CLIENTS = 4;

    /**
     * How a run ended.
     *
     * @param acknowledged how many commits were
     * @param lost how many of them are not there
     * @param exposure how old the oldest lost one was when the first of the two was killed
     * @param megabytes the most memory that the receiver had
     */
    record Loss(int acknowledged, int lost, Duration exposure, long megabytes) {
        @Override
        public String toString() {
            return "lost " + lost + " of " + acknowledged + " commits, the oldest " + exposure.toMillis()
                    + " ms old; the receiver's memory " + megabytes + " MB";
        }
    }

    private final Workspace work = new Workspace();
    private final Cluster source;
    private final boolean synchronous;
    private final Path prepared;

    LostServer(boolean synchronous) {
        this.synchronous = synchronous;
        this.source = Streaming.cluster(work, Majors.newest(), Variant.DISK, "stream-alone.conf");
        source.pgpitr()
                .variable(Spool.VARIABLE, work.folder("spool").toString())
                .variable("PGPITR_AGENT_METRICS", "off")
                .variable("PGPITR_STREAM_SYNCHRONOUS", Boolean.toString(synchronous));
        source.server().execute(Commits.TABLE);
        Streaming.createSlot(source);
        try (Streaming stream = Streaming.begin(source)) {
            source.backup();
            if (synchronous) {
                source.server().include(TestDistribution.sample("stream-synchronous.conf"));
            }
            source.server().query("select pg_switch_wal()");
            Streaming.awaitDurable(source);
            assertThat(stream.isRunning()).isTrue();
        }
        source.server().stop(StopMode.FAST);
        prepared = work.folder("prepared");
        copy(source.server().dataDirectory(), prepared.resolve("data"));
        copy(source.repositoryFolder(), prepared.resolve("repository"));
    }

    private void copy(Path from, Path to) {
        List<String> cp = List.of("cp", "-a", "--reflink=auto", from.toString(), to.toString());
        assertThat(work.user().run(work.folder(), cp).succeeded()).isTrue();
    }

    /** One run; {@code pgpitr stream} and the agent receive by turns. */
    Loss run(int number, Random random) throws IOException, InterruptedException {
        reset();
        source.server().start();
        Commits commits;
        long killed;
        long megabytes;
        try (Streaming stream = number % 2 == 0 ? Streaming.begin(source) : Streaming.agent(source)) {
            if (synchronous) {
                awaitSynchronous();
            }
            commits = new Commits(source.server(), CLIENTS, synchronous ? Duration.ZERO : Duration.ofMillis(3));
            source.server().await("the first commits", () -> commits.count() >= CLIENTS);
            Streaming.awaitDurable(source);
            TimeUnit.MILLISECONDS.sleep((synchronous ? 100 : 1000) + random.nextInt(synchronous ? 1500 : 3000));
            megabytes = stream.mostMemory();
            killed = System.nanoTime();
            // a receiver that outlives its server stores what has arrived: the worst is that it goes first
            if (!synchronous || random.nextBoolean()) {
                stream.kill();
                source.server().kill();
            } else {
                source.server().kill();
                stream.kill();
            }
        }
        commits.awaitEnd();
        Workspace.delete(source.server().dataDirectory());
        return loss(commits, killed, megabytes);
    }

    private void reset() throws IOException {
        for (Path folder : List.of(source.server().dataDirectory(), source.repositoryFolder())) {
            if (Files.exists(folder)) {
                Workspace.delete(folder);
            }
        }
        copy(prepared.resolve("data"), source.server().dataDirectory());
        copy(prepared.resolve("repository"), source.repositoryFolder());
    }

    private void awaitSynchronous() {
        source.server()
                .await(
                        "the synchronous standby",
                        () -> source.server()
                                .rows("select application_name from pg_stat_replication where sync_state = 'sync'")
                                .equals(List.of("pgpitr")));
    }

    private Loss loss(Commits commits, long killed, long megabytes) {
        Cluster recovered = source.recover();
        int lost = 0;
        long oldest = killed;
        for (Commits.Recovered there : Commits.of(recovered.server(), commits.clients())) {
            List<Long> acknowledged = commits.acknowledged(there.client());
            assertThat(there.count()).as("rows without a hole").isEqualTo(there.last());
            if (there.last() < acknowledged.size()) {
                lost += acknowledged.size() - there.last();
                oldest = Math.min(oldest, acknowledged.get(there.last()));
            }
        }
        recovered.discard();
        return new Loss(commits.count(), lost, Duration.ofNanos(killed - oldest), megabytes);
    }

    @Override
    public void close() {
        work.close();
    }
}
