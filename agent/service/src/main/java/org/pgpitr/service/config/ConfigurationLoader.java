package org.pgpitr.service.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** Reads a configuration: the file, the variables over it, the flags over both. */
public final class ConfigurationLoader {
    private final ConfigurationSources sources;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private ConfigurationLoader(ConfigurationSources sources) {
        this.sources = sources;
    }

    /**
     * Reads it.
     *
     * @throws PgpitrException {@link ExitCode#USAGE} with all problems at once
     */
    public static Configuration load(ConfigurationSources sources) {
        return new ConfigurationLoader(sources).load();
    }

    private Configuration load() {
        Optional<Path> file = file();
        Map<Table, Map<ConfigKey<?>, Entry>> set = new TreeMap<>();
        file.ifPresent(path -> {
            List<Entry> entries = TomlSource.read(path, read(path), problems);
            entries.forEach(entry -> put(set, entry));
            warnOfReadableSecrets(path, entries);
        });
        VariableSource.read(sources.variables(), warnings).forEach(entry -> put(set, entry));
        sources.flags().forEach(entry -> put(set, entry));
        choose(set);
        Configuration configuration = build(file, set);
        if (!problems.isEmpty()) {
            throw refusal();
        }
        return configuration;
    }

    private Optional<Path> file() {
        Optional<Path> named = sources.file()
                .or(() -> Optional.ofNullable(sources.variables().get(VariableSource.CONFIG))
                        .filter(text -> !text.isEmpty())
                        .map(Path::of));
        if (named.isPresent()) {
            return named.map(Path::toAbsolutePath);
        }
        return Optional.of(sources.standardFile()).filter(Files::exists);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "there is no configuration file " + file,
                    "`pgpitr config sample` prints one to begin with",
                    e);
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "can't read the configuration file " + file + " ("
                            + e.getClass().getSimpleName() + ")",
                    "make it readable for the user that runs pgpitr",
                    e);
        }
    }

    private void warnOfReadableSecrets(Path file, List<Entry> entries) {
        if (entries.stream().noneMatch(entry -> entry.key().isSecret())) {
            return;
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
                warnings.add(file + " holds secrets and can be read by everybody; chmod 640 it");
            }
        } catch (IOException | UnsupportedOperationException e) {
            warnings.add("can't tell who may read " + file + ", which holds secrets");
        }
    }

    private static void put(Map<Table, Map<ConfigKey<?>, Entry>> set, Entry entry) {
        set.computeIfAbsent(entry.table(), table -> new IdentityHashMap<>()).put(entry.key(), entry);
    }

    /** Leaves the one repository that was asked for: a configured one by name or URL, else a new one by its URL. */
    private void choose(Map<Table, Map<ConfigKey<?>, Entry>> set) {
        if (sources.repository().isEmpty()) {
            return;
        }
        String wanted = sources.repository().get();
        Optional<RepositoryUrl> url = url(wanted);
        Set<Table> tables = set.keySet().stream()
                .filter(table -> table.section() == Section.REPOSITORY)
                .collect(Collectors.toCollection(TreeSet::new));
        Optional<Table> configured = tables.stream()
                .filter(table -> name(set, table).equals(wanted)
                        || (url.isPresent() && url(set, table).equals(url)))
                .findFirst();
        if (configured.isPresent()) {
            tables.stream().filter(table -> !table.equals(configured.get())).forEach(set::remove);
        } else if (url.isPresent()) {
            tables.forEach(set::remove);
            VariableSource.read(sources.variables(), new ArrayList<>()).stream()
                    .filter(entry -> entry.table().equals(Table.of(Section.REPOSITORY)))
                    .forEach(entry -> put(set, entry));
            put(set, Entry.flag(ConfigKeys.URL, wanted, "--repository"));
        } else {
            String known = tables.stream().map(table -> name(set, table)).collect(Collectors.joining(", "));
            problems.add(new Problem(
                    new Origin.Flag("--repository"),
                    "\"" + wanted + "\" is neither a URL of the form " + RepositoryUrl.FORMS
                            + " nor a configured repository" + (known.isEmpty() ? "" : " (" + known + ")")));
        }
    }

    private static String name(Map<Table, Map<ConfigKey<?>, Entry>> set, Table table) {
        Entry name = set.get(table).get(ConfigKeys.REPOSITORY_NAME);
        return name == null ? Integer.toString(table.number()) : name.text();
    }

    private static Optional<RepositoryUrl> url(Map<Table, Map<ConfigKey<?>, Entry>> set, Table table) {
        return Optional.ofNullable(set.get(table).get(ConfigKeys.URL)).flatMap(entry -> url(entry.text()));
    }

    private static Optional<RepositoryUrl> url(String text) {
        try {
            return Optional.of(RepositoryUrl.parse(text));
        } catch (IllegalArgumentException notAUrl) {
            return Optional.empty();
        }
    }

    private Configuration build(Optional<Path> file, Map<Table, Map<ConfigKey<?>, Entry>> set) {
        Rules rules = new Rules(problems);
        SectionValues cluster = once(set, Section.CLUSTER);
        SectionValues encryption = once(set, Section.ENCRYPTION);
        SectionValues backup = once(set, Section.BACKUP);
        SectionValues stream = once(set, Section.STREAM);
        SectionValues restore = once(set, Section.RESTORE);
        SectionValues verify = once(set, Section.VERIFY);
        SectionValues agent = once(set, Section.AGENT);
        SectionValues retention = once(set, Section.RETENTION);
        List<SectionValues> repositories = set.entrySet().stream()
                .filter(table -> table.getKey().section() == Section.REPOSITORY)
                .map(table -> new SectionValues(table.getKey(), table.getValue(), problems))
                .toList();
        for (SectionValues values : repositories) {
            requireUrl(values, set.get(values.table()));
            rules.repository(values);
        }
        rules.repositories(repositories);
        rules.encryption(encryption);
        List<SectionValues> all = new ArrayList<>(List.of(cluster));
        all.addAll(repositories);
        all.addAll(List.of(encryption, backup, stream, restore, verify, agent, retention));
        return new Configuration(
                file,
                ClusterSettings.from(cluster),
                repositories.stream()
                        .map(RepositorySettings::from)
                        .flatMap(Optional::stream)
                        .toList(),
                EncryptionSettings.from(encryption),
                BackupSettings.from(backup),
                StreamSettings.from(stream),
                RestoreSettings.from(restore),
                VerifySettings.from(verify),
                AgentSettings.from(agent),
                RetentionSettings.from(retention),
                all.stream()
                        .flatMap(values -> ConfigKeys.of(values.table().section()).stream()
                                .map(key -> ConfiguredValue.of(values, key)))
                        .toList(),
                List.copyOf(warnings));
    }

    /** Variables alone make no repository: they may be meant for one that a flag names on another day. */
    private void requireUrl(SectionValues values, Map<ConfigKey<?>, Entry> entries) {
        if (entries.containsKey(ConfigKeys.URL)) {
            return;
        }
        entries.values().stream()
                .filter(entry -> entry.origin() instanceof Origin.File)
                .findFirst()
                .ifPresent(entry -> problems.add(new Problem(entry.origin(), values.table() + " has no url")));
    }

    private SectionValues once(Map<Table, Map<ConfigKey<?>, Entry>> set, Section section) {
        return new SectionValues(Table.of(section), set.getOrDefault(Table.of(section), Map.of()), problems);
    }

    private PgpitrException refusal() {
        if (problems.size() == 1) {
            return new PgpitrException(ExitCode.USAGE, problems.get(0).toString());
        }
        String lines = problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining());
        return new PgpitrException(ExitCode.USAGE, "the configuration has " + problems.size() + " problems:" + lines);
    }
}
