package org.pgpitr.storage.s3.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.s3.S3Store;

/** A server that begins again on the folder of one that was killed. */
class S3ServerAgainTest {
    private static final ObjectKey KEPT = ObjectKey.of("kept");
    private static final ObjectKey REPLACED = ObjectKey.of("replaced");
    private static final ObjectKey DELETED = ObjectKey.of("deleted");

    @TempDir
    private Path folder;

    @Test
    void what_it_answered_for_is_there_again_and_nothing_half() throws IOException {
        ObjectStat before;
        try (S3Server first = S3Server.startAgain(folder, 0);
                S3Store store = S3Store.open(first.settings("again"))) {
            store.putIfAbsent(KEPT, Content.of(new byte[] {1, 2, 3}));
            store.putIfAbsent(REPLACED, Content.of(new byte[] {4}));
            store.putIfAbsent(DELETED, Content.of(new byte[] {5}));
            ObjectVersion version = store.stat(REPLACED).orElseThrow().version();
            store.replace(REPLACED, Content.of(new byte[] {6, 7}), version);
            store.delete(Set.of(DELETED));
            before = store.stat(KEPT).orElseThrow();
        }
        // What a kill in the middle of two puts leaves.
        Files.write(folder.resolve("objects/77"), new byte[] {8});
        Files.write(folder.resolve("objects/78"), new byte[] {8});
        Files.writeString(folder.resolve("objects/78.new"), "name=");

        try (S3Server second = S3Server.startAgain(folder, 0);
                S3Store store = S3Store.open(second.settings("again"))) {
            assertThat(store.stat(KEPT)).hasValue(before);
            assertThat(content(store, KEPT)).containsExactly(1, 2, 3);
            assertThat(content(store, REPLACED)).containsExactly(6, 7);
            assertThat(store.stat(DELETED)).isEmpty();
            assertThat(store.putIfAbsent(KEPT, Content.of(new byte[] {9}))).isEqualTo(PutResult.EXISTS);
            assertThat(store.putIfAbsent(DELETED, Content.of(new byte[] {9}))).isEqualTo(PutResult.CREATED);
            List<ObjectKey> all = new ArrayList<>();
            store.list("", (key, stat) -> {
                all.add(key);
                return Next.CONTINUE;
            });
            assertThat(all).containsExactly(DELETED, KEPT, REPLACED);
        }
    }

    private static byte[] content(S3Store store, ObjectKey key) throws IOException {
        try (InputStream in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }
}
