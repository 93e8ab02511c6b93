package org.pgpitr.service.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A configuration file to begin with: every key with its explanation; those one has to think of are not commented. */
public final class ConfigurationSample {
    private static final int WIDTH = 100;
    private static final Set<ConfigKey<?>> NEEDED =
            Set.of(ConfigKeys.NAME, ConfigKeys.DATA_DIRECTORY, ConfigKeys.HOST, ConfigKeys.PORT, ConfigKeys.URL);

    private ConfigurationSample() {}

    /** The file's text. */
    public static String text() {
        StringBuilder text = new StringBuilder("""
                # The configuration of pgpitr, as /etc/pgpitr/pgpitr.toml, or where --config or PGPITR_CONFIG says.
                # A line that is commented out shows the default, or an example where there is no default.
                # An environment variable goes over the file: PGPITR_CLUSTER_PORT over [cluster] port.
                """);
        for (Section section : Section.values()) {
            text.append('\n');
            comment(text, section.doc());
            text.append(section.header()).append('\n');
            for (ConfigKey<?> key : ConfigKeys.of(section)) {
                text.append('\n');
                comment(text, key.doc());
                text.append(NEEDED.contains(key) ? "" : "#").append(line(key)).append('\n');
            }
        }
        return text.toString();
    }

    private static String line(ConfigKey<?> key) {
        String value = key.standard().or(key::example).orElseThrow();
        return key.name() + " = "
                + switch (key.type().shape()) {
                    case BARE -> value.toLowerCase(Locale.ROOT);
                    case QUOTED -> "\"" + value + "\"";
                    case LIST -> "[\"" + value + "\"]";
                };
    }

    private static void comment(StringBuilder text, String doc) {
        for (String line : wrapped(doc)) {
            text.append("# ").append(line).append('\n');
        }
    }

    private static List<String> wrapped(String doc) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : doc.split(" ", -1)) {
            if (line.length() + word.length() + 1 > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
