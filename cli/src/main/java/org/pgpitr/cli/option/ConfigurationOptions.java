package org.pgpitr.cli.option;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.repository.codec.PassphraseSource;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ConfigurationLoader;
import org.pgpitr.service.config.ConfigurationSources;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.Option;

/** Which cluster, and where its repository is. */
public final class ConfigurationOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            order = 1,
            description = "The configuration. Else PGPITR_CONFIG, else /etc/pgpitr/pgpitr.toml, if it exists.")
    private Path config;

    @Option(
            names = {"-r", "--repository"},
            paramLabel = "NAME|URL",
            order = 2,
            description = "The one repository to use: one of the configuration, or another by its URL.")
    private String repository;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            order = 3,
            description = "The cluster's name in the repository, instead of the configuration's.")
    private String cluster;

    public Optional<Path> config() {
        return Optional.ofNullable(config);
    }

    /** Where the configuration is looked for, there or not; as it was named, for who compares the names. */
    public Path file(Environment environment) {
        String variable = environment.variables().getOrDefault("PGPITR_CONFIG", "");
        return config().orElse(variable.isEmpty() ? environment.standardConfiguration() : Path.of(variable));
    }

    public Optional<String> repository() {
        return Optional.ofNullable(repository);
    }

    public Optional<String> cluster() {
        return Optional.ofNullable(cluster);
    }

    /**
     * Reads the configuration, and tells what it warns of.
     *
     * @param flags what other options of the command set
     */
    public Configuration load(Environment environment, List<Entry> flags) {
        Configuration configuration = loadQuietly(environment, flags);
        ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
        configuration.warnings().forEach(err::warning);
        return configuration;
    }

    /** As {@link #load}, for the hooks: PostgreSQL's log need not have the same warning with each segment. */
    public Configuration loadQuietly(Environment environment, List<Entry> flags) {
        List<Entry> all = new ArrayList<>(flags);
        cluster().ifPresent(name -> all.add(Entry.flag(ConfigKeys.NAME, name, "--cluster")));
        return ConfigurationLoader.load(new ConfigurationSources(
                config(), environment.variables(), all, repository(), environment.standardConfiguration()));
    }

    /** What a configuration stands for; passphrases that are not configured are asked for at the terminal. */
    public static Wiring wiring(Configuration configuration, Environment environment) {
        return new Wiring(configuration, passphrases(environment));
    }

    /** As {@link #wiring(Configuration, Environment)}; what the stores are asked is accounted for. */
    public static Wiring wiring(Configuration configuration, Environment environment, MeterRegistry registry) {
        return Wiring.metered(configuration, passphrases(environment), registry);
    }

    private static PassphraseSource passphrases(Environment environment) {
        return what -> environment.terminal().askSecret("Passphrase of " + what);
    }
}
