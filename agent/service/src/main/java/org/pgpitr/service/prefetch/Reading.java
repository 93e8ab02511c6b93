package org.pgpitr.service.prefetch;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.EncryptionSettings;
import org.pgpitr.service.config.RepositorySettings;
import org.pgpitr.service.config.RepositoryUrl;

/**
 * From where and how WAL is read: two processes for which this is equal ask the same repositories in the same way.
 *
 * @param amazon what leads Amazon's SDK to a store beside the configuration; nothing where all repositories are on disks
 */
record Reading(
        ClusterName cluster,
        List<RepositorySettings> repositories,
        EncryptionSettings encryption,
        Map<String, String> amazon) {
    private static final String HOME = "HOME";

    /** That of a process with these variables, which has read that configuration. */
    static Reading of(Configuration configuration, Map<String, String> variables) {
        boolean onDisks = configuration.repositories().stream()
                .allMatch(repository -> repository.url() instanceof RepositoryUrl.Folder);
        return new Reading(
                configuration.clusterName(),
                configuration.allRepositories(),
                configuration.encryption(),
                onDisks ? Map.of() : amazon(variables));
    }

    private static Map<String, String> amazon(Map<String, String> variables) {
        Map<String, String> all = new TreeMap<>();
        variables.forEach((name, value) -> {
            if (name.startsWith("AWS_") || name.toLowerCase(Locale.ROOT).endsWith("_proxy")) {
                all.put(name, value);
            }
        });
        all.put(HOME, variables.getOrDefault(HOME, System.getProperty("user.home")));
        return all;
    }
}
