package org.pgpitr.service.prefetch;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.ArchiveGet;
import org.pgpitr.service.archive.ArchivesInOrder;
import org.pgpitr.service.archive.WantedGeneration;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.DataDirectory;
import org.pgpitr.service.wiring.Wiring;

/** The WAL in the repositories that a {@link RecoverySource} names. */
public final class ArchivedSegments implements SegmentSource {
    /** Opening an identity with a passphrase takes 256 MB (scrypt). */
    private static final long LEAST_FOR_PASSPHRASE = 300L << 20;

    private final RecoverySource source;
    private final Path dataDirectory;
    private final Map<String, String> environment;
    private final Path standardConfiguration;
    private final WalSegmentSize segmentSize;
    private final Reading reading;
    private final Consumer<String> warnings;
    private final Wiring wiring;
    private final List<Repository> repositories;
    private final WantedGeneration wanted;
    private final ArchivesInOrder archives;

    /**
     * Reads the configuration and opens the stores, which are asked nothing yet.
     *
     * @throws PgpitrException USAGE also if the data directory is of a version that is not known here, or the identity
     *     has a passphrase and this process has not the memory for that
     */
    public ArchivedSegments(
            RecoverySource source,
            Path dataDirectory,
            Map<String, String> environment,
            Path standardConfiguration,
            Consumer<String> warnings,
            MeterRegistry registry) {
        this.source = source;
        this.dataDirectory = dataDirectory;
        this.environment = environment;
        this.standardConfiguration = standardConfiguration;
        this.warnings = warnings;
        this.segmentSize = DataDirectory.facts(dataDirectory)
                .map(ClusterFacts::segmentSize)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE, "the server's version is not known here, and so neither is its segment size"));
        Configuration configuration = source.load(environment, standardConfiguration);
        requireMemory(configuration);
        this.reading = Reading.of(configuration, environment);
        this.wanted = source.wanted(dataDirectory);
        this.wiring = Wiring.metered(configuration, what -> Optional.empty(), registry);
        try {
            this.repositories = wiring.repositories();
            this.archives = new ArchivesInOrder(repositories, wanted, warnings);
        } catch (RuntimeException e) {
            wiring.close();
            throw e;
        }
    }

    private static void requireMemory(Configuration configuration) {
        boolean passphrase = configuration.encryption().identityPassphrase().isPresent()
                || configuration.encryption().identityPassphraseFile().isPresent();
        if (passphrase && Runtime.getRuntime().maxMemory() < LEAST_FOR_PASSPHRASE) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "an identity with a passphrase takes more memory than the agent has",
                    "give it more: PGPITR_JAVA_OPTS=-Xmx480m");
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
    public boolean isOf(Map<String, String> variables) {
        return Reading.of(source.load(variables, standardConfiguration), variables)
                .equals(reading);
    }

    @Override
    public boolean isCurrent() {
        try {
            return isOf(environment);
        } catch (PgpitrException e) {
            return false; // why not is told when it is opened anew
        }
    }

    @Override
    public ArchiveGet.Outcome get(WalFileName file, Path destination, Path place) {
        return new ArchiveGet(repositories, dataDirectory, warnings)
                .answer(file.toString(), destination, place, wanted);
    }

    @Override
    public void close() {
        wiring.close();
    }
}
