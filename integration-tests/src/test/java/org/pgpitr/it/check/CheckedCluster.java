package org.pgpitr.it.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cluster.Server;
import org.pgpitr.it.cluster.Clusters;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.Progress;
import org.pgpitr.service.backup.BackupOptions;
import org.pgpitr.service.backup.BackupTask;
import org.pgpitr.service.check.CheckListener;
import org.pgpitr.service.check.CheckReport;
import org.pgpitr.service.check.CheckSubject;
import org.pgpitr.service.check.CheckTask;
import org.pgpitr.service.check.Finding;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.InitTarget;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;
import org.pgpitr.service.init.InitTask;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.memory.MemoryStore;

/** A primary as the documentation wants it, with a repository in memory; to be broken. */
final class CheckedCluster implements AutoCloseable {
    static final ClusterName NAME = new ClusterName("main");

    final Workspace work = new Workspace();
    final Relay relay;
    final PostgresInstance primary;
    final MemoryStore store = new MemoryStore();
    final Repository repository = new Repository(store, NAME, Keys.none(), 1);
    final List<String> waitedFor = new ArrayList<>();

    CheckedCluster(int major) throws IOException {
        relay = new Relay(work);
        primary = work.instance("primary", Majors.binaries(major));
        primary.initdb(InitdbOptions.standard().with(new WalSegmentSize(1 << 20)))
                .set("archive_mode", "on")
                .set("archive_command", relay.command(primary.dataDirectory()))
                .set("archive_timeout", "60s")
                .set("autovacuum", "off")
                .start();
    }

    ClusterFacts facts() {
        return ClusterFacts.read(this::server, Optional.of(primary.dataDirectory()), Progress.NONE);
    }

    /** Makes its place in a repository. */
    Generation init(Repository into) {
        new InitTask(facts(), InitTask.Upgrade.ALLOW, Optional.empty(), Clock.systemUTC())
                .run(List.of(new InitTarget(into, Optional.empty(), ConditionalWrites.REQUIRED)));
        return into.current();
    }

    BackupSummary backup(Generation into) {
        try (Server server = server()) {
            return new BackupTask(server, into, BackupOptions.DEFAULT, Progress.NONE, Clock.systemUTC()).run();
        }
    }

    /** What is in a store, in a store of its own. */
    static MemoryStore copyOf(ObjectStore source) {
        MemoryStore copy = new MemoryStore();
        source.list("", (key, stat) -> {
            copy.putIfAbsent(key, Content.of(read(source, key)));
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return copy;
    }

    private static byte[] read(ObjectStore source, ObjectKey key) {
        try (InputStream in = source.open(key).orElseThrow()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Server server() {
        return Server.connect(Clusters.overSocket(primary));
    }

    CheckReport check() {
        return check(() -> repository);
    }

    CheckReport check(Supplier<Repository> of) {
        return check(this::server, of, Optional.of(primary.dataDirectory()), ConditionalWrites.REQUIRED);
    }

    CheckReport check(
            Supplier<Server> server, Supplier<Repository> of, Optional<Path> dataDirectory, ConditionalWrites writes) {
        CheckSubject subject =
                new CheckSubject(server, of, dataDirectory, writes, Duration.ofSeconds(30), Optional.empty());
        return check(subject);
    }

    CheckReport check(CheckSubject subject) {
        List<Finding> heard = new ArrayList<>();
        CheckReport report = new CheckTask(
                        subject,
                        new CheckListener() {
                            @Override
                            public void found(Finding finding) {
                                heard.add(finding);
                            }

                            @Override
                            public void waiting(String forWhat) {
                                waitedFor.add(forWhat);
                            }
                        },
                        Clock.systemUTC())
                .run();
        if (!heard.equals(report.findings())) {
            throw new AssertionError("heard " + heard + ", reported " + report.findings());
        }
        return report;
    }

    @Override
    public void close() throws InterruptedException {
        relay.close();
        work.close();
    }
}
