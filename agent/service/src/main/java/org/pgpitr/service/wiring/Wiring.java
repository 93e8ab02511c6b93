package org.pgpitr.service.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.AgeRecipient;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.codec.PassphraseSource;
import org.pgpitr.service.config.ClusterSettings;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.EncryptionSettings;
import org.pgpitr.service.config.RepositorySettings;
import org.pgpitr.service.config.RepositoryUrl;
import org.pgpitr.service.config.Secret;
import org.pgpitr.service.config.StreamSettings;
import org.pgpitr.service.init.InitTarget;
import org.pgpitr.service.init.InitTarget.ConditionalWrites;
import org.pgpitr.service.stream.StreamOptions;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.local.StaleFiles;

/** What a configuration stands for. Reaches nothing before it is asked to; closes the stores it opened. */
public final class Wiring implements AutoCloseable {
    private final Configuration configuration;
    private final PassphraseSource terminal;
    private final Optional<MeterRegistry> metrics;
    private final List<ObjectStore> opened = new ArrayList<>();

    /** @param terminal asked for a passphrase that is not configured */
    public Wiring(Configuration configuration, PassphraseSource terminal) {
        this(configuration, terminal, Optional.empty());
    }

    private Wiring(Configuration configuration, PassphraseSource terminal, Optional<MeterRegistry> metrics) {
        this.configuration = configuration;
        this.terminal = terminal;
        this.metrics = metrics;
    }

    /** As the constructor; what the stores are asked is accounted for in a registry, under the repositories' names. */
    public static Wiring metered(Configuration configuration, PassphraseSource terminal, MeterRegistry registry) {
        return new Wiring(configuration, terminal, Optional.of(registry));
    }

    private ObjectStore open(RepositorySettings settings) {
        return Stores.open(settings, metrics);
    }

    /** All repositories, in their order. */
    public List<Repository> repositories() {
        return configuration.allRepositories().stream()
                .map(settings -> repository(settings, open(settings)))
                .toList();
    }

    /** All repositories, as places to be made. */
    public List<InitTarget> initTargets() {
        return configuration.allRepositories().stream()
                .map(settings -> new InitTarget(
                        repository(settings, open(settings)),
                        settings.url() instanceof RepositoryUrl.Folder folder
                                ? Optional.of(folder.path())
                                : Optional.empty(),
                        conditionalWrites(settings)))
                .toList();
    }

    /** Whether the store of {@link #repository()} has to honour conditional writes. */
    public ConditionalWrites conditionalWrites() {
        return conditionalWrites(configuration.repository());
    }

    private static ConditionalWrites conditionalWrites(RepositorySettings settings) {
        return settings.s3().conditionalWrites() ? ConditionalWrites.REQUIRED : ConditionalWrites.WAIVED;
    }

    /** Where {@link #repository()} stands on a disk, to be searched for temporary files; empty elsewhere. */
    public Optional<StaleFiles> staleFiles() {
        return configuration.repository().url() instanceof RepositoryUrl.Folder folder
                ? Optional.of(new StaleFiles(folder.path()))
                : Optional.empty();
    }

    /** The repository that a command works on that needs one: the first. */
    public Repository repository() {
        RepositorySettings settings = configuration.repository();
        return repository(settings, open(settings));
    }

    /** As {@link #repository()}, read from at no higher rate than {@code [verify]} allows. */
    public Repository repositoryToVerify() {
        RepositorySettings settings = configuration
                .verify()
                .maxRate()
                .map(configuration.repository()::readAtMost)
                .orElseGet(configuration::repository);
        return repository(settings, open(settings));
    }

    private Repository repository(RepositorySettings settings, ObjectStore store) {
        opened.add(store);
        return new Repository(
                store,
                configuration.clusterName(),
                keys(),
                configuration.backup().compressionLevel());
    }

    /** To whom this host encrypts, and with what it decrypts; the identity file is read when it is needed. */
    public Keys keys() {
        EncryptionSettings encryption = configuration.encryption();
        return new Keys(
                encryption.recipients().stream().map(AgeRecipient::new).toList(),
                () -> encryption
                        .identityFile()
                        .map(file -> IdentityFile.read(file, passphrases(encryption)))
                        .orElse(List.of()));
    }

    private PassphraseSource passphrases(EncryptionSettings encryption) {
        Optional<Secret> configured = encryption
                .identityPassphrase()
                .or(() -> encryption.identityPassphraseFile().map(SecretFile::read));
        return configured
                .<PassphraseSource>map(
                        secret -> what -> Optional.of(secret.reveal().toCharArray()))
                .orElse(terminal);
    }

    /** How the server is reached. */
    public ConnectionSettings connection() {
        ClusterSettings cluster = configuration.cluster();
        Map<String, String> options = new HashMap<>();
        if (!cluster.host().startsWith("/")) {
            options.put("sslmode", cluster.sslmode());
        }
        cluster.sslrootcert().ifPresent(file -> options.put("sslrootcert", file.toString()));
        return new ConnectionSettings(
                cluster.host(),
                cluster.port(),
                cluster.user(),
                cluster.database(),
                cluster.password().map(Secret::reveal),
                cluster.passfile(),
                options,
                ConnectionSettings.DEFAULT_CONNECT_TIMEOUT,
                ConnectionSettings.DEFAULT_ANSWER_TIMEOUT);
    }

    /** How WAL is received. */
    public StreamOptions stream(StreamOptions.OnNoSlot noSlot, StreamOptions.OnMissing missing) {
        StreamSettings stream = configuration.stream();
        return new StreamOptions(
                stream.slot(),
                stream.applicationName(),
                stream.interval(),
                Math.toIntExact(stream.size().bytes()),
                stream.synchronous() ? StreamOptions.Pace.SYNCHRONOUS : StreamOptions.Pace.PERIODIC,
                noSlot,
                missing);
    }

    @Override
    public void close() {
        opened.forEach(ObjectStore::close);
        opened.clear();
    }
}
