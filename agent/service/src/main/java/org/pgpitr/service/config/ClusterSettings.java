package org.pgpitr.service.config;

import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.repository.ClusterName;

/** {@code [cluster]}; what each means stands in {@link ConfigKeys}. */
public record ClusterSettings(
        Optional<ClusterName> name,
        Optional<Path> dataDirectory,
        String host,
        int port,
        String user,
        String database,
        Optional<Path> passfile,
        Optional<Secret> password,
        String sslmode,
        Optional<Path> sslrootcert) {
    static ClusterSettings from(SectionValues values) {
        return new ClusterSettings(
                values.find(ConfigKeys.NAME),
                values.find(ConfigKeys.DATA_DIRECTORY),
                values.get(ConfigKeys.HOST),
                values.get(ConfigKeys.PORT),
                values.get(ConfigKeys.USER),
                values.get(ConfigKeys.DATABASE),
                values.find(ConfigKeys.PASSFILE),
                values.find(ConfigKeys.PASSWORD),
                values.get(ConfigKeys.SSLMODE),
                values.find(ConfigKeys.SSLROOTCERT));
    }
}
