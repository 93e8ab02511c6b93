package org.pgpitr.service.init;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.storage.ConditionalWriteProbe;

/** Tries what a store does with writes, conditions and deletions, in the cluster's own place. */
public final class StoreProbe {
    private StoreProbe() {}

    /**
     * Tries it with an object that is deleted again, or stays, one for each host, where deletion is refused.
     *
     * @throws org.pgpitr.storage.StorageException if the store can't be written to
     */
    public static ConditionalWriteProbe.Findings run(Repository repository) {
        ConditionalWriteProbe.Findings findings = run(repository, ofThisHost());
        // Two runs on one host at the same time disturb each other: a second opinion, which nobody can disturb
        return findings.conditionalWritesHonoured() ? findings : run(repository, UUID.randomUUID());
    }

    private static ConditionalWriteProbe.Findings run(Repository repository, UUID id) {
        return ConditionalWriteProbe.run(repository.store(), RepositoryLayout.probe(repository.name(), id.toString()));
    }

    private static UUID ofThisHost() {
        try {
            return UUID.nameUUIDFromBytes(
                    InetAddress.getLocalHost().getHostName().getBytes(StandardCharsets.UTF_8));
        } catch (UnknownHostException nameless) {
            return UUID.randomUUID();
        }
    }

    /** Refuses a store that ignores conditional writes, unless that is waived. */
    static void require(InitTarget target) {
        if (target.conditionalWrites() == InitTarget.ConditionalWrites.REQUIRED
                && !run(target.repository()).conditionalWritesHonoured()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the store " + target.repository().store().location() + " does not honour conditional writes",
                    HINT);
        }
    }

    /** What to do about a store that ignores conditional writes. */
    public static final String HINT =
            "without them two hosts can overwrite each other's WAL; use another store, or set conditional_writes = false "
                    + "in its [[repository]] if only one host ever writes there";
}
