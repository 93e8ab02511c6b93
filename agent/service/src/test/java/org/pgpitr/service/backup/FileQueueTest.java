package org.pgpitr.service.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgpitr.repository.backup.ManifestEntry;

class FileQueueTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private final FileList files = new FileList();

    @Test
    void large_files_come_first_by_size_and_small_ones_as_they_stand() {
        int base = files.directory(ManifestEntry.directory("base/1", 0700, TIME));
        files.file(base, "small1", 10);
        files.file(base, "large", 3 << 20);
        files.file(base, "small2", FileQueue.LARGE - 1);
        files.file(base, "larger", 1L << 30);
        files.file(base, "empty", 0);
        files.file(base, "just-large", FileQueue.LARGE);

        assertThat(order())
                .containsExactly(
                        "base/1/larger",
                        "base/1/large",
                        "base/1/just-large",
                        "base/1/small1",
                        "base/1/small2",
                        "base/1/empty");
    }

    @Test
    void a_file_of_many_terabytes_is_the_first_and_not_lost() {
        int root = files.directory(ManifestEntry.directory(".", 0700, TIME));
        files.file(root, "large", 1L << 40);
        files.file(root, "huge", 1L << 62);

        assertThat(order()).containsExactly("huge", "large");
    }

    @Test
    void names_that_are_not_utf8_survive() {
        int root = files.directory(ManifestEntry.directory(".", 0700, TIME));
        int below = files.directory(ManifestEntry.directory("dir\uDCFF", 0700, TIME));
        files.file(root, "\uDC80\u00e4", 1);
        files.file(below, "plain", 2);

        assertThat(order()).containsExactly("\uDC80\u00e4", "dir\uDCFF/plain");
        assertThat(files.totalBytes()).isEqualTo(3);
    }

    @Test
    void a_hundred_thousand_files_are_dealt_out_once_each() {
        int root = files.directory(ManifestEntry.directory("base/5", 0700, TIME));
        for (int i = 0; i < 100_000; i++) {
            files.file(root, Integer.toString(16384 + i), i % 7 == 0 ? 2 << 20 : 8192);
        }

        assertThat(order()).hasSize(100_000).doesNotHaveDuplicates();
    }

    private List<String> order() {
        FileQueue queue = new FileQueue(files);
        List<String> order = new ArrayList<>();
        for (int i = queue.next(); i != FileQueue.END; i = queue.next()) {
            order.add(files.path(i));
        }
        return order;
    }
}
