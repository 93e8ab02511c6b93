package org.pgpitr.service.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.spool.SpoolOwner;

/**
 * What environment variables set: {@code PGPITR_CLUSTER_PORT}; {@code PGPITR_REPOSITORY_URL} for the first repository
 * and {@code PGPITR_REPOSITORY_2_URL} for another one. Unknown variables are passed over, since a platform may set some
 * that begin like this; one that looks like a slip of the finger is warned of.
 */
final class VariableSource {
    /** The file, when no flag names one. */
    static final String CONFIG = "PGPITR_CONFIG";

    /** Variables of the launcher and of single commands. */
    private static final Set<String> OTHERS = Set.of(CONFIG, "PGPITR_JAVA", "PGPITR_JAVA_OPTS", "PGPITR_SPOOL");

    private static final Pattern NUMBERED = Pattern.compile("PGPITR_REPOSITORY_([1-9][0-9]{0,8})_(.+)");

    private VariableSource() {}

    /** @throws PgpitrException USAGE if they name more repositories than they can */
    static List<Entry> read(Map<String, String> variables, List<String> warnings) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, String> variable : new TreeMap<>(variables).entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith("PGPITR_")
                    || OTHERS.contains(name)
                    || variable.getValue().isEmpty()) {
                continue;
            }
            Matcher numbered = NUMBERED.matcher(name);
            int number = 1;
            String plain = name;
            if (numbered.matches()) {
                number = Integer.parseInt(numbered.group(1));
                plain = "PGPITR_REPOSITORY_" + numbered.group(2);
                if (number > SpoolOwner.REPOSITORIES) {
                    throw new PgpitrException(
                            ExitCode.USAGE,
                            "the variable " + name + " is of a repository behind the third",
                            "variables set three at most: name them all in the configuration file");
                }
            }
            Optional<ConfigKey<?>> key = find(plain);
            if (key.isPresent()) {
                Table table = new Table(key.get().section(), number);
                entries.add(new Entry(table, key.get(), variable.getValue(), new Origin.Variable(name)));
            } else {
                List<String> names =
                        ConfigKeys.all().stream().map(ConfigKey::variable).toList();
                Suggestion.nearest(plain, names)
                        .ifPresent(nearest ->
                                warnings.add("the variable " + name + " sets nothing; did you mean " + nearest + "?"));
            }
        }
        return entries;
    }

    private static Optional<ConfigKey<?>> find(String variable) {
        return ConfigKeys.all().stream()
                .filter(key -> key.variable().equals(variable))
                .findFirst();
    }
}
