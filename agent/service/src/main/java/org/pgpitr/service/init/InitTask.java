package org.pgpitr.service.init;

import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;

/**
 * Makes the cluster's place in each of its repositories. May be repeated, by several hosts at once too: the stores'
 * conditional writes decide who was first. Nothing is created anywhere before every repository was asked and would
 * take the cluster.
 */
public final class InitTask {
    /** What to do where the newest generation is another cluster's, or encrypted otherwise. */
    public enum Upgrade {
        REFUSE,
        /** Open a new generation under the same name, as after a major upgrade. */
        ALLOW
    }

    private final ClusterFacts cluster;
    private final Upgrade upgrade;
    private final Optional<Path> dataDirectory;
    private final Clock clock;

    /**
     * @param dataDirectory whose owner gets a local repository's folder when root makes it
     */
    public InitTask(ClusterFacts cluster, Upgrade upgrade, Optional<Path> dataDirectory, Clock clock) {
        this.cluster = cluster;
        this.upgrade = upgrade;
        this.dataDirectory = dataDirectory;
        this.clock = clock;
    }

    /**
     * One result for each target, in their order.
     *
     * @throws PgpitrException USAGE if another cluster has the name, or the store ignores conditional writes
     */
    public List<InitResult> run(List<InitTarget> targets) {
        LocalFolder folders = new LocalFolder(dataDirectory);
        List<Decision> decisions = new ArrayList<>();
        for (InitTarget target : targets) {
            target.localFolder().ifPresent(folders::create);
            decisions.add(decide(target));
        }
        return decisions.stream().map(this::carryOut).toList();
    }

    /**
     * @param there the generation of this cluster; empty if one is to be opened
     * @param newest of the generations that are there, whosoever's; 0 if there is none
     */
    private record Decision(InitTarget target, Optional<ClusterIdentity> there, int newest) {}

    private Decision decide(InitTarget target) {
        Repository repository = target.repository();
        List<ClusterIdentity> generations = repository.generations();
        Optional<ClusterIdentity> there = generations.stream()
                .filter(identity -> cluster.matches(identity) && identity.encryption() == encryption(repository))
                .reduce((older, newer) -> newer);
        if (there.isEmpty() && !generations.isEmpty() && upgrade == Upgrade.REFUSE) {
            throw refusal(repository, generations.get(generations.size() - 1));
        }
        if (there.isEmpty()) {
            StoreProbe.require(target);
        }
        return new Decision(target, there, generations.size());
    }

    private InitResult carryOut(Decision decision) {
        Repository repository = decision.target().repository();
        String location = repository.store().location();
        if (decision.there().isPresent()) {
            return new InitResult(
                    location, InitResult.Outcome.ALREADY_THERE, decision.there().get());
        }
        ClusterIdentity wanted = new ClusterIdentity(
                ClusterIdentity.FORMAT_VERSION,
                decision.newest() + 1,
                cluster.systemIdentifier(),
                cluster.major(),
                cluster.segmentSize(),
                encryption(repository),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        Generation opened = repository.create(wanted);
        if (!opened.identity().equals(wanted)) {
            // Another host was first, with the same cluster
            return new InitResult(location, InitResult.Outcome.ALREADY_THERE, opened.identity());
        }
        return new InitResult(
                location,
                wanted.generation() == 1 ? InitResult.Outcome.CREATED : InitResult.Outcome.UPGRADED,
                opened.identity());
    }

    private PgpitrException refusal(Repository repository, ClusterIdentity newest) {
        String place =
                "cluster \"" + repository.name() + "\" in " + repository.store().location();
        if (cluster.matches(newest)) {
            boolean encrypted = newest.encryption() == Encryption.AGE;
            return new PgpitrException(
                    ExitCode.USAGE,
                    place
                            + (encrypted
                                    ? " is encrypted, and no recipients are configured"
                                    : " is not encrypted, and recipients are configured"),
                    "mend recipients in [encryption]; or `pgpitr init --upgrade` opens a new generation with them, "
                            + "which begins with a new backup");
        }
        return new PgpitrException(
                ExitCode.USAGE,
                place + " is another one: " + newest.describe() + "; this one is " + cluster,
                "after a major upgrade run `pgpitr init --upgrade`; another cluster needs a name of its own in [cluster]");
    }

    private static Encryption encryption(Repository repository) {
        return repository.keys().encrypts() ? Encryption.AGE : Encryption.NONE;
    }
}
