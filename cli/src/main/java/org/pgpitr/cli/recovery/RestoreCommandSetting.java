package org.pgpitr.cli.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ConfiguredValue;
import org.pgpitr.service.config.Origin;

/**
 * The {@code restore_command} with which the recovered server asks for WAL: this launcher, the same configuration, the
 * same repository. The server runs in another environment, so what a variable told here is said by options there, as
 * far as there are options.
 */
public final class RestoreCommandSetting {
    private final Environment environment;
    private final ConfigurationOptions options;
    private final Configuration configuration;

    public RestoreCommandSetting(Environment environment, ConfigurationOptions options, Configuration configuration) {
        this.environment = environment;
        this.options = options;
        this.configuration = configuration;
    }

    /**
     * The setting's value, before it is quoted for PostgreSQL.
     *
     * @param identity of the generation that the backup is of; other repositories may have it by another number
     */
    public String text(ClusterIdentity identity) {
        List<String> words = new ArrayList<>(List.of(environment.launcher().toString(), "archive-get"));
        configuration
                .file()
                .filter(file -> !file.equals(environment.standardConfiguration()))
                .ifPresent(file -> words.addAll(List.of("--config", file.toString())));
        repository().ifPresent(repository -> words.addAll(List.of("--repository", repository)));
        if (!isFromFile(ConfigKeys.NAME.toString())) {
            words.addAll(List.of("--cluster", configuration.clusterName().toString()));
        }
        words.addAll(List.of(
                "--generation", Integer.toString(identity.generation()),
                "--system-identifier", identity.systemIdentifier().toString(),
                "--encryption", identity.encryption().name().toLowerCase(Locale.ROOT)));
        return Shell.line(words).replace("%", "%%") + " %f \"%p\"";
    }

    private Optional<String> repository() {
        if (options.repository().isPresent()) {
            return options.repository();
        }
        boolean configured = configuration.values().stream()
                .filter(value -> value.key() == ConfigKeys.URL)
                .allMatch(value -> value.origin() instanceof Origin.File);
        return configured
                ? Optional.empty()
                : Optional.of(configuration.repository().url().toString());
    }

    private boolean isFromFile(String path) {
        return configuration.values().stream()
                .anyMatch(value -> value.path().equals(path) && value.origin() instanceof Origin.File);
    }

    /** The variables that the recovered server needs as well, because no option can say what they say here. */
    public List<String> variables() {
        Stream<String> ours = configuration.values().stream()
                .filter(value -> value.origin() instanceof Origin.Variable)
                .filter(value -> matters(value))
                .map(value -> value.origin().toString());
        Stream<String> amazon = environment.variables().keySet().stream().filter(name -> name.startsWith("AWS_"));
        boolean s3 = configuration.repositories().stream()
                .anyMatch(repository -> repository.url().toString().startsWith("s3:"));
        return Stream.concat(ours, s3 ? amazon : Stream.empty())
                .distinct()
                .sorted()
                .toList();
    }

    private static boolean matters(ConfiguredValue value) {
        return switch (value.key().section()) {
            case REPOSITORY -> value.key() != ConfigKeys.URL && value.key() != ConfigKeys.REPOSITORY_NAME;
            case ENCRYPTION -> true;
            default -> false;
        };
    }
}
