package org.pgpitr.service.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pgpitr.repository.backup.ManifestEntry.Kind;
import org.pgpitr.repository.backup.PathNames;
import org.pgpitr.service.restore.RestoreFixture.Item;

/** What must be true of a restored data directory, and of one that is not finished. */
final class RestoredTree {
    private static final List<String> CHANGED =
            List.of("postgresql.auto.conf", "tablespace_map", "standby.signal", "recovery.signal");

    private RestoredTree() {}

    static void assertIs(RestoreFixture backup, Path into) throws IOException {
        Set<String> expected = new TreeSet<>(List.of("backup_manifest", "recovery.signal", ".", "base"));
        for (Item item : backup.items().values()) {
            String path = item.entry().path();
            Path file = PathNames.resolve(into, path);
            if (path.equals("standby.signal")) {
                continue;
            }
            expected.add(path);
            for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
                expected.add(path.substring(0, slash));
            }
            switch (item.entry().kind()) {
                case DIRECTORY -> assertThat(file).isDirectory();
                case LINK ->
                    assertThat(PathNames.of(Files.readSymbolicLink(file)))
                            .isEqualTo(item.entry().linkTarget().orElseThrow());
                case FILE -> assertFile(item, file);
            }
            if (item.entry().kind() != Kind.LINK) {
                assertThat((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777)
                        .as(path)
                        .isEqualTo(item.entry().mode());
            }
        }
        assertThat(names(into)).isEqualTo(expected);
    }

    private static void assertFile(Item item, Path file) throws IOException {
        if (CHANGED.contains(item.entry().path())) {
            return;
        }
        assertThat(Files.readAllBytes(file)).as(item.entry().path()).isEqualTo(item.content());
        assertThat(Files.getLastModifiedTime(file).toInstant())
                .as(item.entry().path())
                .isEqualTo(item.entry().modified());
    }

    /** Everything below a directory, through the links of tablespaces. */
    private static Set<String> names(Path into) throws IOException {
        Set<String> names = new TreeSet<>();
        collect(into, into, names);
        Path links = into.resolve("pg_tblspc");
        if (Files.exists(links)) {
            try (Stream<Path> tablespaces = Files.list(links)) {
                for (Path link : tablespaces.filter(Files::isSymbolicLink).toList()) {
                    Set<String> within = new TreeSet<>();
                    Path place = Files.readSymbolicLink(link);
                    collect(place, place, within);
                    within.remove(".");
                    within.forEach(name -> names.add(PathNames.relative(into, link) + "/" + name));
                }
            }
        }
        return names;
    }

    private static void collect(Path root, Path directory, Set<String> names) throws IOException {
        names.add(PathNames.relative(root, directory));
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> children = Files.list(directory)) {
                for (Path child : children.toList()) {
                    collect(root, child, names);
                }
            }
        }
    }

    /** No server starts in it, and a second restore says what it is. */
    static void assertUnfinished(Path into) {
        assertThat(into.resolve("global/pg_control")).doesNotExist();
        if (Files.exists(into)) {
            assertThat(into.resolve("pgpitr_restore_unfinished")).exists();
        }
    }
}
