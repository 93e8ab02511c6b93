package org.pgpitr.storage.s3.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.gaul.s3proxy.blobstore.ContentMetadata;
import org.gaul.s3proxy.blobstore.domain.BlobMetadata;
import org.gaul.s3proxy.blobstore.domain.StorageClass;

/**
 * A body in a numbered file, and whose it is in another one beside it.
 *
 * @param name bucket and key
 */
record ObjectFile(long number, Path body, String name, String eTag, Date modified, BlobMetadata metadata) {
    private static final String SUFFIX = ".object";
    private static final String USER = "user.";

    /** What a folder holds, in the order in which it was put there; of the rest nothing is left. */
    static List<ObjectFile> all(Path folder) throws IOException {
        List<ObjectFile> all = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.toList();
        }
        for (Path file : files) {
            if (file.toString().endsWith(SUFFIX)) {
                all.add(read(file));
            } else if (!Files.exists(beside(file))) {
                Files.delete(file);
            }
        }
        all.sort(Comparator.comparingLong(ObjectFile::number));
        return all;
    }

    private static Path beside(Path body) {
        return body.resolveSibling(body.getFileName() + SUFFIX);
    }

    private static ObjectFile read(Path file) throws IOException {
        Properties facts = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            facts.load(in);
        }
        Map<String, String> user = new HashMap<>();
        facts.stringPropertyNames().stream()
                .filter(key -> key.startsWith(USER))
                .forEach(key -> user.put(key.substring(USER.length()), facts.getProperty(key)));
        String number = file.getFileName().toString().replace(SUFFIX, "");
        String storageClass = facts.getProperty("storage-class");
        return new ObjectFile(
                Long.parseLong(number),
                file.resolveSibling(number),
                facts.getProperty("name"),
                facts.getProperty("etag"),
                new Date(Long.parseLong(facts.getProperty("modified"))),
                BlobMetadata.builder()
                        .name(facts.getProperty("name"))
                        .userMetadata(user)
                        .storageClass(storageClass == null ? null : StorageClass.valueOf(storageClass))
                        .contentMetadata(ContentMetadata.builder()
                                .contentType(facts.getProperty("content-type"))
                                .build())
                        .build());
    }

    /** From now on the body is the object's. */
    static void commit(Path body, String name, String eTag, Date modified, BlobMetadata metadata) {
        Properties facts = new Properties();
        facts.setProperty("name", name);
        facts.setProperty("etag", eTag);
        facts.setProperty("modified", Long.toString(modified.getTime()));
        if (metadata.contentMetadata().contentType() != null) {
            facts.setProperty("content-type", metadata.contentMetadata().contentType());
        }
        if (metadata.storageClass() != null) {
            facts.setProperty("storage-class", metadata.storageClass().name());
        }
        metadata.userMetadata().forEach((key, value) -> facts.setProperty(USER + key, value));
        Path temporary = body.resolveSibling(body.getFileName() + ".new");
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                facts.store(out, null);
            }
            Files.move(temporary, beside(body), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A body, committed or not. */
    static void remove(Path body) throws IOException {
        Files.deleteIfExists(beside(body));
        Files.deleteIfExists(body);
    }
}
