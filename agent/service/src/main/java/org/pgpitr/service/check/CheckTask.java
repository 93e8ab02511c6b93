package org.pgpitr.service.check;

import java.time.Clock;
import java.util.Optional;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.DataDirectory;

/**
 * Tells whether a cluster can be recovered. On a primary it makes a restore point and switches to the next WAL segment;
 * in the repository it writes and deletes a small object of its own. Otherwise it only looks.
 */
public final class CheckTask {
    private static final String NO_SERVER = "the server could not be asked";
    private static final String NO_PLACE = "this cluster has no place in the repository that could be looked into";

    private final CheckSubject subject;
    private final Findings findings;
    private final Clock clock;

    public CheckTask(CheckSubject subject, CheckListener listener, Clock clock) {
        this.subject = subject;
        this.findings = new Findings(listener);
        this.clock = clock;
    }

    /**
     * Looks at everything, whatever of it fails.
     *
     * @throws RuntimeException only when the thread is interrupted
     */
    public CheckReport run() {
        Optional<Server> server = findings.ask(Topic.SERVER, subject.server());
        try {
            run(server);
        } finally {
            server.ifPresent(Server::close);
        }
        return findings.report();
    }

    private void run(Optional<Server> server) {
        Optional<ServerFacts> facts = server.flatMap(connected -> findings.ask(Topic.SERVER, connected::facts));
        ServerLook serverLook = new ServerLook(findings, subject.slot());
        if (facts.isPresent()) {
            serverLook.run(server.get(), facts.get(), subject.dataDirectory());
        } else {
            serverLook.notChecked(NO_SERVER);
        }

        Optional<Repository> repository = new RepositoryLook(findings, subject).run();
        Optional<Generation> generation = repository.flatMap(opened -> generation(opened, facts));

        HistoryLook history = new HistoryLook(findings);
        ArchivingLook archiving = new ArchivingLook(findings, subject.archiveTimeout(), subject.slot(), clock);
        if (facts.isEmpty()) {
            archiving.notChecked(NO_SERVER);
            history.notChecked(NO_SERVER);
        } else if (generation.isEmpty()) {
            archiving.notChecked(NO_PLACE);
            history.notChecked(NO_PLACE);
        } else {
            archiving.run(server.get(), facts.get(), generation.get());
            history.run(
                    facts.get().timeline(),
                    subject.dataDirectory().orElse(facts.get().dataDirectory()),
                    generation.get());
        }

        BackupLook backups = new BackupLook(findings, clock);
        if (generation.isPresent()) {
            backups.run(generation.get(), facts.map(ServerFacts::timeline));
        } else {
            backups.notChecked(NO_PLACE);
        }
    }

    private Optional<Generation> generation(Repository repository, Optional<ServerFacts> facts) {
        Optional<ClusterFacts> cluster = facts.map(ClusterFacts::of).or(this::local);
        return findings.ask(Topic.CLUSTER, () -> new GenerationLook(findings, repository).run(cluster))
                .flatMap(found -> found);
    }

    /** What the data directory says while the server is down. */
    private Optional<ClusterFacts> local() {
        return subject.dataDirectory()
                .filter(DataDirectory::isOne)
                .flatMap(directory -> findings.ask(Topic.DATA_DIRECTORY, () -> DataDirectory.facts(directory)))
                .flatMap(facts -> facts);
    }
}
