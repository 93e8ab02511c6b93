package org.pgpitr.service.backup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/** The tablespaces of a data directory by what stands in {@code pg_tblspc}: links, or (in place) plain directories. */
final class TablespaceDirectories {
    /** Where they stand. */
    static final String PARENT = "pg_tblspc";

    private TablespaceDirectories() {}

    /** The oids, as text. */
    static SortedSet<String> read(Path dataDirectory) throws IOException {
        SortedSet<String> oids = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDirectory.resolve(PARENT))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (isOid(name)) {
                    oids.add(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return oids;
    }

    static boolean isOid(String name) {
        return name.matches("[0-9]{1,10}");
    }
}
