package org.pgpitr.service.prefetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.service.archive.WantedGeneration;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ConfigurationLoader;
import org.pgpitr.service.config.ConfigurationSources;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.spool.SpoolOwner;

/**
 * With what a {@code restore_command} calls {@code archive-get}: which configuration, and what its options set over it.
 *
 * @param configuration the file, there or not
 */
public record RecoverySource(
        Path configuration,
        Optional<String> repository,
        Optional<String> cluster,
        Optional<Integer> generation,
        Optional<String> systemIdentifier,
        Optional<Encryption> encryption) {
    /** What of them the launcher sees, in its order. */
    private List<String> options() {
        return List.of(
                repository.orElse(""),
                cluster.orElse(""),
                generation.map(Object::toString).orElse(""),
                systemIdentifier.orElse(""),
                encryption.map(e -> e.name().toLowerCase(Locale.ROOT)).orElse(""));
    }

    /** For whom files are prefetched that a hook of this source may take. */
    public SpoolOwner owner(Path dataDirectory, Map<String, String> environment) throws IOException {
        return SpoolOwner.of(
                        Files.getLastModifiedTime(dataDirectory.resolve("PG_VERSION")),
                        configuration,
                        Files.exists(configuration)
                                ? Optional.of(Files.getLastModifiedTime(configuration))
                                : Optional.empty(),
                        environment)
                .with(options());
    }

    /**
     * Reads the line that {@link SpoolOwner#line} wrote for one.
     *
     * @return empty if it is none
     */
    static Optional<RecoverySource> parse(String line) {
        String[] values = line.split("\\|", -1);
        if (values.length != 1 + SpoolOwner.VARIABLES + 5) {
            return Optional.empty();
        }
        int at = 1 + SpoolOwner.VARIABLES;
        try {
            return Optional.of(new RecoverySource(
                    Path.of(values[0]),
                    given(values[at]),
                    given(values[at + 1]),
                    given(values[at + 2]).map(Integer::valueOf),
                    given(values[at + 3]),
                    given(values[at + 4]).map(text -> Encryption.valueOf(text.toUpperCase(Locale.ROOT)))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** Which generations are asked. */
    public WantedGeneration wanted(Path dataDirectory) throws InvalidFormatException {
        if (systemIdentifier.isPresent()) {
            return new WantedGeneration.OfBackup(
                    generation.orElse(1),
                    SystemIdentifier.parse(systemIdentifier.get()),
                    encryption.orElse(Encryption.NONE));
        }
        return generation
                .<WantedGeneration>map(WantedGeneration.Numbered::new)
                .orElseGet(() -> new WantedGeneration.OfDataDirectory(dataDirectory));
    }

    /** Reads the configuration that the hook reads. */
    Configuration load(Map<String, String> environment, Path standardConfiguration) {
        List<Entry> flags = new ArrayList<>();
        cluster.ifPresent(name -> flags.add(Entry.flag(ConfigKeys.NAME, name, "--cluster")));
        Optional<Path> file = configuration.equals(standardConfiguration) && !Files.exists(configuration)
                ? Optional.empty()
                : Optional.of(configuration);
        return ConfigurationLoader.load(
                new ConfigurationSources(file, environment, flags, repository, standardConfiguration));
    }
}
