package org.pgpitr.cli.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ConfigurationLoader;
import org.pgpitr.service.config.ConfigurationSources;
import org.pgpitr.service.config.ConfiguredValue;
import org.pgpitr.service.config.Origin;
import org.pgpitr.service.config.RepositorySettings;
import org.pgpitr.service.config.S3Settings;
import org.pgpitr.service.config.Secret;
import org.pgpitr.service.config.Section;
import org.pgpitr.service.config.ValueType;
import org.pgpitr.service.wiring.Wiring;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/** Where a demo archives to: a folder of its own, or a repository that somebody configured. */
final class DemoRepository {
    private static final String VARIABLES = "PGPITR_REPOSITORY_";

    private final String url;
    private final String toml;
    private final Map<String, String> variables;

    private DemoRepository(String url, String toml, Map<String, String> variables) {
        this.url = url;
        this.toml = toml;
        this.variables = variables;
    }

    /** @param folder of the demo's own repository */
    static DemoRepository choose(DemoOptions options, Environment environment, Path folder) {
        return options.repository()
                .map(wanted -> configured(wanted, options.configuration(), environment))
                .orElseGet(() -> {
                    String url = "file://" + folder;
                    return new DemoRepository(url, line("url", url, ValueType.Shape.QUOTED), Map.of());
                });
    }

    private static DemoRepository configured(String wanted, Optional<Path> file, Environment environment) {
        Configuration configuration = ConfigurationLoader.load(new ConfigurationSources(
                file, environment.variables(), List.of(), Optional.of(wanted), environment.standardConfiguration()));
        RepositorySettings settings = configuration.repository();
        String url = settings.url().toString();
        StringBuilder toml = new StringBuilder(line("url", url, ValueType.Shape.QUOTED));
        for (ConfiguredValue value : configuration.values()) {
            if (value.table().section() == Section.REPOSITORY
                    && value.origin() instanceof Origin.File
                    && !value.key().isSecret()
                    && !List.of("url", "name").contains(value.key().name())) {
                toml.append(line(
                        value.key().name(),
                        value.text().orElseThrow(),
                        value.key().type().shape()));
            }
        }
        // Variables go on as variables; keys that stand in the file go on as variables too, and into no other file.
        Map<String, String> variables = new TreeMap<>(environment.variables());
        variables.keySet().removeIf(name -> !name.startsWith(VARIABLES) || name.equals(VARIABLES + "URL"));
        S3Settings s3 = settings.s3();
        s3.secretAccessKey()
                .map(Secret::reveal)
                .ifPresent(secret -> variables.put(VARIABLES + "SECRET_ACCESS_KEY", secret));
        s3.sessionToken().map(Secret::reveal).ifPresent(secret -> variables.put(VARIABLES + "SESSION_TOKEN", secret));
        return new DemoRepository(url, toml.toString(), variables);
    }

    static String line(String key, String value, ValueType.Shape shape) {
        String quoted = "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        return key + " = "
                + switch (shape) {
                    case BARE -> value;
                    case QUOTED -> quoted;
                    case LIST -> "[" + quoted + "]";
                }
                + "\n";
    }

    /** For people. */
    String url() {
        return url;
    }

    /** The lines of its table. */
    String toml() {
        return toml;
    }

    /** What else decides about it. */
    Map<String, String> variables() {
        return variables;
    }

    /**
     * Deletes all that stands there under a cluster's name.
     *
     * @return what could not be deleted
     */
    static List<ObjectKey> delete(Path configuration, Map<String, String> variables, Environment environment) {
        Configuration loaded = ConfigurationLoader.load(new ConfigurationSources(
                Optional.of(configuration),
                variables,
                List.of(),
                Optional.empty(),
                environment.standardConfiguration()));
        try (Wiring wiring = new Wiring(loaded, what -> Optional.empty())) {
            ObjectStore store = wiring.repository().store();
            List<ObjectKey> keys = new ArrayList<>();
            store.list(loaded.clusterName() + "/", (key, stat) -> {
                keys.add(key);
                return ObjectStore.ListVisitor.Next.CONTINUE;
            });
            return List.copyOf(store.delete(keys).survivors());
        }
    }
}
