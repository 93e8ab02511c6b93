package org.pgpitr.service.prefetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.EncryptionSettings;
import org.pgpitr.service.config.RepositorySettings;
import org.pgpitr.service.config.RepositoryUrl;
import org.pgpitr.service.config.S3Settings;

/**
 * From where and how WAL is read: two processes for which this is equal ask the same repositories in the same way.
 *
 * @param amazon what leads Amazon's SDK to a store beside the configuration; nothing where all repositories are on disks
 * @param files what is read of keys and accounts, and which file that is now: its time and size
 */
record Reading(
        ClusterName cluster,
        List<RepositorySettings> repositories,
        EncryptionSettings encryption,
        Map<String, String> amazon,
        Map<Path, String> files) {
    /** That of a process with these variables, which has read that configuration. */
    static Reading of(Configuration configuration, Map<String, String> variables) {
        List<RepositorySettings> repositories = configuration.allRepositories();
        EncryptionSettings encryption = configuration.encryption();
        boolean onDisks =
                repositories.stream().allMatch(repository -> repository.url() instanceof RepositoryUrl.Folder);
        AmazonSurroundings amazon = new AmazonSurroundings(variables);
        List<Path> files = new ArrayList<>(onDisks ? List.of() : amazon.files());
        there(encryption.identityFile(), encryption.identityPassphraseFile()).forEach(files::add);
        for (RepositorySettings repository : repositories) {
            S3Settings s3 = repository.s3();
            there(s3.secretAccessKeyFile(), s3.sessionTokenFile(), s3.caFile()).forEach(files::add);
        }
        return new Reading(
                configuration.clusterName(),
                repositories,
                encryption,
                onDisks ? Map.of() : amazon.settings(),
                stamps(files));
    }

    @SafeVarargs
    private static Stream<Path> there(Optional<Path>... settings) {
        return Stream.of(settings).flatMap(Optional::stream);
    }

    private static Map<Path, String> stamps(List<Path> files) {
        Map<Path, String> stamps = new TreeMap<>();
        files.forEach(file -> stamps.put(file, stamp(file)));
        return stamps;
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            return ""; // not there, or not to be seen
        }
    }
}
