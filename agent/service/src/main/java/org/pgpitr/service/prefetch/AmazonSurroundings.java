package org.pgpitr.service.prefetch;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What leads Amazon's SDK to a store beside the configuration, for a process with certain variables. */
final class AmazonSurroundings {
    private static final String HOME = "HOME";

    /** From where Java takes options; the launcher passes on the first. */
    private static final List<String> JAVA_OPTIONS =
            List.of("PGPITR_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

    private static final String DEFINITION = "-D";
    /** Tells where to put what is large, and nothing of stores. */
    private static final String TEMPORARY = "-Djava.io.tmpdir=";

    private final Map<String, String> variables;

    AmazonSurroundings(Map<String, String> variables) {
        this.variables = variables;
    }

    /** By the variables' names. */
    Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        variables.forEach((name, value) -> {
            if (name.startsWith("AWS_") || name.toLowerCase(Locale.ROOT).endsWith("_proxy")) {
                all.put(name, value);
            }
        });
        all.put(HOME, home());
        JAVA_OPTIONS.forEach(name -> all.put(name, properties(variables.getOrDefault(name, ""))));
        return all;
    }

    private String home() {
        return variables.getOrDefault(HOME, System.getProperty("user.home"));
    }

    /** The system properties that they set; all of them where they are not just words parted by blanks. */
    private static String properties(String options) {
        if (options.matches("(?s).*[\"'@].*")) {
            return options;
        }
        return Stream.of(options.strip().split("\\s+"))
                .filter(word -> word.startsWith(DEFINITION) && !word.startsWith(TEMPORARY))
                .collect(Collectors.joining(" "));
    }

    /** Those that the SDK reads, there or not. */
    List<Path> files() {
        return List.of(file("AWS_CONFIG_FILE", ".aws/config"), file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"));
    }

    private Path file(String variable, String standard) {
        String named = variables.getOrDefault(variable, "");
        if (named.isEmpty()) {
            return Path.of(home(), standard);
        }
        return named.startsWith("~/") ? Path.of(home(), named.substring(2)) : Path.of(named);
    }
}
