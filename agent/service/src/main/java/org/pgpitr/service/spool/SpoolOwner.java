package org.pgpitr.service.spool;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * For whom acknowledgements are made: a cluster, and the configuration that says which repositories have to hold its WAL.
 * A hook of another cluster, or with another configuration, does not believe them.
 *
 * @param clusterTime the time of {@code PG_VERSION}, which is written once, when a cluster is made
 * @param configuration where it is, or would be
 * @param configurationTime empty if there is no such file
 * @param variables what the environment sets over the file
 * @param options what the command's own options set over both: of {@code archive-get} the repository, the cluster's name,
 *     generation, system identifier and encryption, each empty text if it is not given; none of {@code archive-push}
 */
public record SpoolOwner(
        FileTime clusterTime,
        Path configuration,
        Optional<FileTime> configurationTime,
        List<String> variables,
        List<String> options) {
    /** Of so many repositories variables are compared: no more can be named by variables. */
    public static final int REPOSITORIES = 3;

    /** The variables that say where WAL goes, in the launcher's order. */
    private static final List<String> DECIDING = Stream.of(
                    Stream.of("PGPITR_CLUSTER_NAME"), ofRepositories("URL"), ofRepositories("ENDPOINT"))
            .flatMap(names -> names)
            .toList();

    /** How many of them stand in a {@link #line}, behind the configuration. */
    public static final int VARIABLES = DECIDING.size();

    private static Stream<String> ofRepositories(String key) {
        return Stream.concat(
                Stream.of("PGPITR_REPOSITORY_" + key),
                IntStream.rangeClosed(1, REPOSITORIES).mapToObj(number -> "PGPITR_REPOSITORY_" + number + "_" + key));
    }

    /** That of a process with this environment. */
    public static SpoolOwner of(
            FileTime clusterTime,
            Path configuration,
            Optional<FileTime> configurationTime,
            Map<String, String> environment) {
        return new SpoolOwner(
                clusterTime,
                configuration,
                configurationTime,
                DECIDING.stream()
                        .map(name -> environment.getOrDefault(name, ""))
                        .toList(),
                List.of());
    }

    /** The same, with the options of a command. */
    public SpoolOwner with(List<String> given) {
        return new SpoolOwner(clusterTime, configuration, configurationTime, variables, given);
    }

    /** Whether the launcher can put the line together: no value parts it in two. */
    public boolean isPlain() {
        return Stream.concat(Stream.of(configuration.toString()), Stream.concat(variables.stream(), options.stream()))
                .noneMatch(value -> value.contains("|") || value.contains("\n"));
    }

    /** One line that the launcher puts together in the same way. */
    public String line() {
        return configuration
                + Stream.concat(variables.stream(), options.stream())
                        .map(value -> "|" + value)
                        .collect(Collectors.joining());
    }
}
