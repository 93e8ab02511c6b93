package org.pgpitr.service.check;

import java.util.List;
import java.util.Optional;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.init.ClusterFacts;

/** Looks for this cluster's place in the repository, and whether this host's keys fit it. */
final class GenerationLook {
    private final Findings findings;
    private final Repository repository;

    GenerationLook(Findings findings, Repository repository) {
        this.findings = findings;
        this.repository = repository;
    }

    /**
     * The cluster's generation; the newest of all if nothing is known about the cluster.
     *
     * @param cluster empty if neither server nor data directory could be asked
     */
    Optional<Generation> run(Optional<ClusterFacts> cluster) {
        List<ClusterIdentity> all = repository.generations();
        if (all.isEmpty()) {
            return missing("there is none for \"" + repository.name() + "\"", "run `pgpitr init`");
        }
        if (cluster.isEmpty()) {
            Generation newest = repository.current();
            findings.note(
                    Topic.CLUSTER,
                    "the newest is generation " + newest.number() + ", "
                            + newest.identity().describe() + "; whether it is this cluster's can't be told without "
                            + "the server or its data directory",
                    null);
            encryption(newest);
            return Optional.of(newest);
        }
        ClusterFacts facts = cluster.get();
        Optional<ClusterIdentity> own = all.stream().filter(facts::matches).reduce((older, newer) -> newer);
        if (own.isEmpty()) {
            ClusterIdentity newest = all.get(all.size() - 1);
            return missing(
                    "\"" + repository.name() + "\" is another cluster there: " + newest.describe() + "; this one is "
                            + facts,
                    "after a major upgrade run `pgpitr init --upgrade`; another cluster needs a name of its own in "
                            + "[cluster]");
        }
        Generation generation = repository.generation(own.get().generation());
        tell(generation, all.size());
        encryption(generation);
        return Optional.of(generation);
    }

    private Optional<Generation> missing(String detail, String hint) {
        findings.failed(Topic.CLUSTER, detail, hint);
        findings.notChecked(Topic.ENCRYPTION, "the cluster has no place in the repository");
        return Optional.empty();
    }

    private void tell(Generation generation, int newest) {
        String place = "generation " + generation.number() + ", opened "
                + generation.identity().created();
        if (generation.number() == newest) {
            findings.ok(Topic.CLUSTER, place);
        } else {
            findings.note(
                    Topic.CLUSTER,
                    place + "; there is a newer one of another cluster, generation " + newest,
                    "if this cluster was upgraded, this server should not run any more");
        }
    }

    private void encryption(Generation generation) {
        findings.look(Topic.ENCRYPTION, () -> {
            generation.codec().requireWritable();
            findings.ok(
                    Topic.ENCRYPTION,
                    generation.identity().encryption() == ClusterIdentity.Encryption.AGE
                            ? "encrypted with age"
                            : "not encrypted");
        });
    }
}
