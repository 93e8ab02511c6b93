package org.pgpitr.storage.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.PutResult;

/** A name that is not synced in its folder is lost with the power, and the acknowledged object with it. */
class LocalDiskDurabilityTest {
    private static final ObjectKey KEY = ObjectKey.of("main/1/a");
    private static final Content CONTENT = Content.of("1".getBytes(UTF_8));

    @TempDir
    Path root;

    private final List<String> calls = new ArrayList<>();
    private LocalDiskStore store;

    @BeforeEach
    void makeStore() {
        store = newProcess();
    }

    private LocalDiskStore newProcess() {
        return new LocalDiskStore(root, new DiskCalls() {
            @Override
            public void link(Path name, Path existing) throws IOException {
                calls.add("link " + root.relativize(name));
                DiskCalls.SYSTEM.link(name, existing);
            }

            @Override
            public void sync(Path folder) throws IOException {
                calls.add("sync " + root.relativize(folder));
                DiskCalls.SYSTEM.sync(folder);
            }
        });
    }

    @Test
    void a_new_object_and_each_new_folder_are_synced_in_their_folders() {
        store.putIfAbsent(KEY, CONTENT);
        assertThat(calls).containsExactly("sync ", "sync main", "link main/1/a", "sync main/1");
        calls.clear();
        store.putIfAbsent(ObjectKey.of("main/1/b"), CONTENT);
        assertThat(calls).containsExactly("link main/1/b", "sync main/1");
    }

    @Test
    void what_another_process_made_is_synced_before_it_is_said_to_exist() {
        store.putIfAbsent(KEY, CONTENT);
        calls.clear();
        assertThat(newProcess().putIfAbsent(KEY, CONTENT)).isEqualTo(PutResult.EXISTS);
        assertThat(calls).containsExactly("sync ", "sync main", "sync main/1");
    }

    @Test
    void a_replacement_and_a_deletion_are_synced() {
        store.putIfAbsent(KEY, CONTENT);
        store.putIfAbsent(ObjectKey.of("main/b"), CONTENT);
        calls.clear();
        store.replace(KEY, CONTENT, store.stat(KEY).orElseThrow().version());
        assertThat(calls).containsExactly("sync main/1");
        calls.clear();
        store.delete(Set.of(ObjectKey.of("main/b")));
        assertThat(calls).containsExactly("sync main");
    }

    @Test
    void a_link_whose_answer_was_lost_is_ones_own() {
        LocalDiskStore network = new LocalDiskStore(root, new DiskCalls() {
            @Override
            public void link(Path name, Path existing) throws IOException {
                DiskCalls.SYSTEM.link(name, existing);
                throw new FileAlreadyExistsException(name.toString());
            }

            @Override
            public void sync(Path folder) throws IOException {
                DiskCalls.SYSTEM.sync(folder);
            }
        });
        assertThat(network.putIfAbsent(KEY, CONTENT)).isEqualTo(PutResult.CREATED);
    }

    @Test
    void a_folder_that_another_process_removes_when_empty_is_made_again() {
        LocalDiskStore racing = new LocalDiskStore(root, new DiskCalls() {
            private boolean removed;

            @Override
            public void link(Path name, Path existing) throws IOException {
                DiskCalls.SYSTEM.link(name, existing);
            }

            @Override
            public void sync(Path folder) throws IOException {
                DiskCalls.SYSTEM.sync(folder);
                if (!removed && folder.endsWith("main")) {
                    removed = true;
                    Files.delete(folder.resolve("1"));
                    Files.delete(folder);
                }
            }
        });
        assertThat(racing.putIfAbsent(KEY, CONTENT)).isEqualTo(PutResult.CREATED);
        assertThat(racing.stat(KEY)).isPresent();
    }
}
