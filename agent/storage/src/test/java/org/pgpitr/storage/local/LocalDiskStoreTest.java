package org.pgpitr.storage.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

class LocalDiskStoreTest {
    private static final ObjectKey KEY = ObjectKey.of("main/1/wal/a");

    @TempDir
    Path folder;

    private Path root;
    private LocalDiskStore store;

    @BeforeEach
    void makeStore() {
        root = folder.resolve("a/b/repository");
        store = LocalDiskStore.create(root);
    }

    private static Content content(String text) {
        return Content.of(text.getBytes(UTF_8));
    }

    private static Map<String, Callable<Object>> calls(LocalDiskStore store) {
        return Map.of(
                "open", () -> store.open(KEY),
                "stat", () -> store.stat(KEY),
                "put", () -> store.putIfAbsent(KEY, content("1")),
                "replace", () -> store.replace(KEY, content("2"), new ObjectVersion("1")),
                "list", () -> listed(store, ""),
                "list in a folder", () -> listed(store, "main/1/"),
                "delete", () -> store.delete(Set.of(KEY)));
    }

    private static List<String> listed(LocalDiskStore store, String prefix) {
        List<String> keys = new ArrayList<>();
        store.list(prefix, (key, stat) -> {
            keys.add(key.value());
            return Next.CONTINUE;
        });
        return keys;
    }

    private static void assertAllFail(LocalDiskStore store, Kind kind) {
        calls(store).forEach((name, call) -> {
            StorageException failure = catchThrowableOfType(StorageException.class, call::call);
            assertThat(failure).as(name).isNotNull();
            assertThat(failure.kind()).as("%s: %s", name, failure).isEqualTo(kind);
            assertThat(failure).hasMessageContaining(store.location());
        });
    }

    private static boolean isSuperuser(Path file) throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(file, "unix:uid"));
    }

    @Test
    void a_missing_root_is_no_empty_store() throws IOException {
        LocalDiskStore missing = new LocalDiskStore(folder.resolve("missing"));
        assertAllFail(missing, Kind.NO_SUCH_LOCATION);
        StorageException failure = catchThrowableOfType(StorageException.class, () -> missing.stat(KEY));
        assertThat(failure)
                .hasMessage("could not look up main/1/wal/a at file://" + folder.resolve("missing")
                        + ": the folder does not exist");
        assertThat(failure.hint()).hasValue("is its disk mounted?");
        assertThat(folder.resolve("missing")).doesNotExist();
    }

    @Test
    void a_root_that_went_away_is_no_empty_store() throws IOException {
        store.putIfAbsent(KEY, content("1"));
        Files.move(root, folder.resolve("unmounted"));
        assertAllFail(store, Kind.NO_SUCH_LOCATION);
        Files.move(folder.resolve("unmounted"), root);
        assertThat(store.stat(KEY)).isPresent();
    }

    @Test
    void a_root_that_is_a_file_is_no_empty_store() throws IOException {
        assertAllFail(new LocalDiskStore(Files.writeString(folder.resolve("file"), "")), Kind.OTHER);
    }

    @Test
    void a_link_to_a_disk_that_is_not_mounted_is_no_absence() throws IOException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Files.createSymbolicLink(root.resolve("main"), disk);
        assertThat(store.putIfAbsent(KEY, content("1"))).isEqualTo(PutResult.CREATED);
        assertThat(disk.resolve("1/wal/a")).exists();
        Files.move(disk, folder.resolve("unmounted"));
        calls(store)
                .forEach((name, call) -> assertThat(catchThrowableOfType(StorageException.class, call::call))
                        .as(name)
                        .isNotNull());
    }

    @Test
    void the_root_may_be_a_symbolic_link() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        LocalDiskStore linked = new LocalDiskStore(link);
        assertThat(linked.putIfAbsent(KEY, content("1"))).isEqualTo(PutResult.CREATED);
        assertThat(listed(linked, "main/")).containsExactly("main/1/wal/a");
        assertThat(linked.replace(
                        KEY, content("2"), linked.stat(KEY).orElseThrow().version()))
                .isPresent();
        linked.delete(Set.of(KEY));
        assertThat(link).isSymbolicLink();
        assertThat(LocalDiskStore.create(link).stat(KEY)).isEmpty();
        Files.delete(link);
        Files.createSymbolicLink(link, folder.resolve("nowhere"));
        assertAllFail(linked, Kind.NO_SUCH_LOCATION);
    }

    @Test
    void files_and_folders_are_not_for_everybody() throws IOException {
        store.putIfAbsent(KEY, content("1"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("main/1/wal/a"))))
                .isEqualTo("rw-r-----");
        for (String made : List.of("", "main", "main/1", "main/1/wal")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(made))))
                    .isEqualTo("rwxr-x---");
        }
        store.replace(KEY, content("2"), store.stat(KEY).orElseThrow().version());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("main/1/wal/a"))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void what_the_superuser_makes_belongs_to_the_owner_of_the_root() throws IOException {
        assumeTrue(isSuperuser(root), "only the superuser can give files away");
        Files.setAttribute(root, "unix:uid", 12345);
        Files.setAttribute(root, "unix:gid", 54321);
        store.putIfAbsent(KEY, content("1"));
        store.replace(KEY, content("2"), store.stat(KEY).orElseThrow().version());
        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all.toList()).hasSize(6).allSatisfy(file -> {
                assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(12345);
                assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(54321);
            });
        }
    }

    @Test
    void a_folder_without_permission_is_denied_and_no_absence() throws IOException {
        assumeTrue(!isSuperuser(root), "the superuser may do everything");
        store.putIfAbsent(KEY, content("1"));
        Files.setPosixFilePermissions(root.resolve("main"), Set.of());
        try {
            for (String call : List.of("open", "stat", "put", "list", "list in a folder")) {
                StorageException failure = catchThrowableOfType(
                        StorageException.class, () -> calls(store).get(call).call());
                assertThat(failure.kind()).as(call).isEqualTo(Kind.ACCESS_DENIED);
            }
        } finally {
            Files.setPosixFilePermissions(root.resolve("main"), PosixFilePermissions.fromString("rwxr-x---"));
        }
    }

    @Test
    void what_may_not_be_deleted_survives() throws IOException {
        assumeTrue(!isSuperuser(root), "the superuser may do everything");
        store.putIfAbsent(KEY, content("1"));
        Files.setPosixFilePermissions(root.resolve("main/1/wal"), PosixFilePermissions.fromString("r-xr-x---"));
        try {
            assertThat(store.delete(Set.of(KEY)).survivors()).containsExactly(KEY);
            assertThat(store.stat(KEY)).isPresent();
        } finally {
            Files.setPosixFilePermissions(root.resolve("main/1/wal"), PosixFilePermissions.fromString("rwxr-x---"));
        }
    }

    @Test
    void temporary_files_are_no_objects_and_stale_ones_are_removed() throws IOException {
        store.putIfAbsent(KEY, content("1"));
        Path here = root.resolve("main/1/wal");
        Path young = Files.writeString(here.resolve(".0a1b-young.tmp"), "half");
        Path stale = Files.writeString(here.resolve(".0a1b-stale.tmp"), "half");
        Files.setLastModifiedTime(stale, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Files.writeString(root.resolve("main/half.tmp"), "");
        assertThat(listed(store, "")).containsExactly("main/1/wal/a");
        // Another process, as each looks for stale files but once.
        new LocalDiskStore(root).putIfAbsent(ObjectKey.of("main/1/wal/b"), content("2"));
        assertThat(young).exists();
        assertThat(stale).doesNotExist();
    }

    @Test
    void nothing_but_the_object_remains_of_a_put() throws IOException {
        store.putIfAbsent(KEY, content("1"));
        store.putIfAbsent(KEY, content("2"));
        Path source = Files.writeString(folder.resolve("source"), "1234567890");
        Content shrunk = Content.of(source);
        Files.writeString(source, "123");
        assertThatThrownBy(() -> store.putIfAbsent(ObjectKey.of("main/1/wal/c"), shrunk))
                .isInstanceOf(StorageException.class);
        try (Stream<Path> files = Files.list(root.resolve("main/1/wal"))) {
            assertThat(files).containsExactly(root.resolve("main/1/wal/a"));
        }
    }

    @Test
    void empty_folders_go_with_their_last_object() {
        store.putIfAbsent(KEY, content("1"));
        store.putIfAbsent(ObjectKey.of("main/1/b"), content("1"));
        store.delete(Set.of(KEY));
        assertThat(root.resolve("main/1/wal")).doesNotExist();
        assertThat(root.resolve("main/1")).exists();
        store.delete(Set.of(ObjectKey.of("main/1/b")));
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void an_object_in_place_of_a_folder_is_refused_and_kept() {
        store.putIfAbsent(KEY, content("1"));
        for (String clash : List.of("main/1/wal", "main/1/wal/a/b", "main/1/wal/a/b/c")) {
            StorageException failure = catchThrowableOfType(
                    StorageException.class, () -> store.putIfAbsent(ObjectKey.of(clash), content("2")));
            assertThat(failure.kind()).as(clash).isEqualTo(Kind.OTHER);
        }
        assertThat(listed(store, "")).containsExactly("main/1/wal/a");
    }

    @Test
    void foreign_files_are_not_listed() throws IOException {
        store.putIfAbsent(KEY, content("1"));
        Files.writeString(root.resolve("main/a file"), "");
        Files.createDirectory(root.resolve("lost+found"));
        Files.writeString(root.resolve("lost+found/1"), "");
        assertThat(listed(store, "")).containsExactly("main/1/wal/a");
    }

    /** A big folder is not asked for all of it by who lists a part. */
    @Test
    void what_an_entry_is_is_asked_when_its_turn_comes() {
        for (String key : List.of("w/1", "w/2/a", "w/2.a", "w/3/a", "w/4")) {
            store.putIfAbsent(ObjectKey.of(key), content(key));
        }
        List<String> keys = new ArrayList<>();
        store.list("w/", (key, stat) -> {
            keys.add(key.value());
            if (key.value().equals("w/1")) {
                store.delete(Set.of(ObjectKey.of("w/3/a"), ObjectKey.of("w/4")));
                store.putIfAbsent(ObjectKey.of("w/3"), content("a file by now"));
            }
            return Next.CONTINUE;
        });
        assertThat(keys).containsExactly("w/1", "w/2.a", "w/2/a", "w/3");
    }

    @Test
    void each_replacement_has_another_version_however_quickly_they_follow() {
        store.putIfAbsent(KEY, content("same"));
        List<ObjectVersion> versions = new ArrayList<>();
        versions.add(store.stat(KEY).orElseThrow().version());
        for (int i = 0; i < 200; i++) {
            versions.add(store.replace(KEY, content("same"), versions.get(i)).orElseThrow());
        }
        assertThat(versions).doesNotHaveDuplicates();
    }

    @Test
    void a_replacement_of_a_file_from_the_future_has_another_version() throws IOException {
        store.putIfAbsent(KEY, content("1"));
        Path file = root.resolve(KEY.value());
        FileTime future = FileTime.from(Instant.now().plus(Duration.ofDays(400)));
        Files.setLastModifiedTime(file, future);
        ObjectVersion first = store.stat(KEY).orElseThrow().version();
        ObjectVersion second = store.replace(KEY, content("2"), first).orElseThrow();
        assertThat(second).isNotEqualTo(first);
        assertThat(store.stat(KEY).orElseThrow().version()).isEqualTo(second);
        assertThat(Files.getLastModifiedTime(file)).isGreaterThan(future);
    }

    @Test
    void a_root_with_parents_is_made_once() {
        store.putIfAbsent(KEY, content("1"));
        assertThat(LocalDiskStore.create(root).stat(KEY)).isPresent();
    }

    @Test
    void an_interrupted_thread_stops() {
        store.putIfAbsent(KEY, content("1"));
        Thread.currentThread().interrupt();
        StorageException failure = catchThrowableOfType(
                StorageException.class, () -> store.putIfAbsent(ObjectKey.of("main/1/b"), content("2")));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.kind()).isEqualTo(Kind.INTERRUPTED);
        assertThat(listed(store, "")).containsExactly("main/1/wal/a");
    }
}
