package org.pgpitr.service.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterName;

/**
 * A configuration that was read and is sound in itself. It need not be complete: the cluster's name or the repositories
 * may be missing until something needs them.
 *
 * @param file where it was read from; empty if there is no file
 * @param repositories in their order; only one if one was asked for
 * @param values every key, in the order of the documentation, with what holds for it
 * @param warnings one sentence each
 */
public record Configuration(
        Optional<Path> file,
        ClusterSettings cluster,
        List<RepositorySettings> repositories,
        EncryptionSettings encryption,
        BackupSettings backup,
        StreamSettings stream,
        RestoreSettings restore,
        VerifySettings verify,
        AgentSettings agent,
        RetentionSettings retention,
        List<ConfiguredValue> values,
        List<String> warnings) {
    /** The cluster's name. */
    public ClusterName clusterName() {
        return cluster.name()
                .orElseThrow(() -> missing("the cluster's name is not configured", "cluster.name", "--cluster NAME"));
    }

    /** The first repository: what a command works on that needs one. */
    public RepositorySettings repository() {
        return allRepositories().get(0);
    }

    /** All repositories, at least one. */
    public List<RepositorySettings> allRepositories() {
        if (repositories.isEmpty()) {
            throw missing("no repository is configured", "[[repository]] url", "--repository URL");
        }
        return repositories;
    }

    private PgpitrException missing(String message, String key, String other) {
        String where = file.map(Path::toString).orElse(ConfigurationSources.STANDARD_FILE.toString());
        return new PgpitrException(ExitCode.USAGE, message, "set " + key + " in " + where + ", or give " + other);
    }
}
