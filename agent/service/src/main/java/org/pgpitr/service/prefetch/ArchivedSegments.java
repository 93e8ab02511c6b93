package org.pgpitr.service.prefetch;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.archive.ArchivesInOrder;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.DataDirectory;
import org.pgpitr.service.wiring.Wiring;

/** The segments of the repositories that a {@link RecoverySource} names. */
public final class ArchivedSegments implements SegmentSource {
    /** Opening an identity with a passphrase takes 256 MB (scrypt). */
    private static final long LEAST_FOR_PASSPHRASE = 300L << 20;

    private final WalSegmentSize segmentSize;
    private final ArchivesInOrder archives;
    private final Wiring wiring;

    private ArchivedSegments(WalSegmentSize segmentSize, ArchivesInOrder archives, Wiring wiring) {
        this.segmentSize = segmentSize;
        this.archives = archives;
        this.wiring = wiring;
    }

    /**
     * Reads the configuration and opens the stores, which are asked nothing yet.
     *
     * @throws PgpitrException USAGE also if the data directory is of a version that is not known here, or the identity
     *     has a passphrase and this process has not the memory for that
     */
    public static SegmentSource open(
            RecoverySource source,
            Path dataDirectory,
            Map<String, String> environment,
            Path standardConfiguration,
            Consumer<String> warnings,
            MeterRegistry registry) {
        WalSegmentSize segmentSize = DataDirectory.facts(dataDirectory)
                .map(ClusterFacts::segmentSize)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE, "the server's version is not known here, and so neither is its segment size"));
        Configuration configuration = source.load(environment, standardConfiguration);
        boolean passphrase = configuration.encryption().identityPassphrase().isPresent()
                || configuration.encryption().identityPassphraseFile().isPresent();
        if (passphrase && Runtime.getRuntime().maxMemory() < LEAST_FOR_PASSPHRASE) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "an identity with a passphrase takes more memory than the agent has",
                    "give it more: PGPITR_JAVA_OPTS=-Xmx480m");
        }
        Wiring wiring = Wiring.metered(configuration, what -> Optional.empty(), registry);
        try {
            return new ArchivedSegments(
                    segmentSize,
                    new ArchivesInOrder(wiring.repositories(), source.wanted(dataDirectory), warnings),
                    wiring);
        } catch (RuntimeException e) {
            wiring.close();
            throw e;
        }
    }

    @Override
    public WalSegmentSize segmentSize() {
        return segmentSize;
    }

    @Override
    public boolean fetch(WalSegmentName name, Path place) {
        return archives.fetch(name, place);
    }

    @Override
    public void close() {
        wiring.close();
    }
}
