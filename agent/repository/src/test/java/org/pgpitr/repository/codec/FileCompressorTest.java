package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.repository.codec.CompressedFileTest.assertHolds;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.Content;

class FileCompressorTest {
    @TempDir
    private Path folder;

    private static byte[] bytes(int length, long seed) {
        byte[] half = new byte[length / 2];
        new Random(seed).nextBytes(half);
        return Arrays.copyOf(half, length);
    }

    private static CompressedFile compressed(FileCompressor compressor, String name, int level) {
        int length = compressor.compress(level);
        CompressedFile made = compressor.compressed(name);
        assertThat(made.length()).isEqualTo(length);
        return made;
    }

    @Test
    void one_file_after_the_other_longer_and_shorter_is_read_and_compressed_by_the_same() throws IOException {
        FileCompressor first = FileCompressor.take(FileCompressor.MAX_FILE);
        first.close();
        for (int length :
                new int[] {0, 1, 200_000, FileCompressor.MAX_FILE, 3, 5 << 20, FileCompressor.MAX_FILE, 70_000}) {
            byte[] plain = bytes(length, length);
            Path file = Files.write(folder.resolve("f"), plain);
            try (FileCompressor compressor = FileCompressor.take(FileCompressor.MAX_FILE)) {
                assertThat(compressor).isSameAs(first);
                Content once = compressor.read(length % 2 == 0 ? Content.of(file) : Content.of(plain));
                assertThat(once.length()).isEqualTo(length);
                assertThat(once.open().readAllBytes()).isEqualTo(plain);
                assertHolds(compressed(compressor, "f", length % 3 + 1), plain);
                assertThat(once.open().readAllBytes()).isEqualTo(plain);
            }
        }
    }

    @Test
    void what_was_compressed_outlives_the_next_file() throws IOException {
        byte[] plain = bytes(600_000, 1);
        try (FileCompressor compressor = FileCompressor.take(FileCompressor.MAX_FILE)) {
            Content unused = compressor.read(Content.of(plain));
            CompressedFile compressed = compressed(compressor, "f", 3);
            Content next = compressor.read(Content.of(bytes(700_000, 2)));
            CompressedFile other = compressed(compressor, "g", 3);
            assertHolds(compressed, plain);
            assertThat(other.tag().size()).isEqualTo(next.length());
        }
    }

    @Test
    void a_file_that_is_longer_or_shorter_than_it_tells_is_refused_and_the_next_one_taken() throws IOException {
        try (FileCompressor compressor = FileCompressor.take(FileCompressor.MAX_FILE)) {
            for (int wrong : new int[] {-1, 1}) {
                Content lying = new Content() {
                    @Override
                    public long length() {
                        return 1000L;
                    }

                    @Override
                    public InputStream open() {
                        return new ByteArrayInputStream(new byte[1000 + wrong]);
                    }
                };
                assertThatThrownBy(() -> compressor.read(lying))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("changed while it was read");
            }
            byte[] plain = bytes(1000, 3);
            Content unused = compressor.read(Content.of(plain));
            assertHolds(compressed(compressor, "f", 3), plain);
        }
    }

    @Test
    void no_more_are_kept_than_pay_and_a_second_close_does_nothing() {
        List<FileCompressor> many = new ArrayList<>();
        for (int i = 0; i < FileCompressor.KEPT + 2; i++) {
            many.add(FileCompressor.take(FileCompressor.MAX_FILE));
        }
        assertThat(many).doesNotHaveDuplicates();
        many.forEach(FileCompressor::close);
        many.forEach(FileCompressor::close);
        assertThat(FileCompressor.kept(FileCompressor.MAX_FILE)).isEqualTo(FileCompressor.KEPT);
        try (FileCompressor one = FileCompressor.take(FileCompressor.MAX_FILE);
                FileCompressor two = FileCompressor.take(FileCompressor.MAX_FILE)) {
            assertThat(one).isNotSameAs(two);
            assertThat(many).contains(one, two);
        }
    }

    @Test
    void what_is_taken_for_a_piece_holds_no_memory_of_a_segment_and_reads_none() {
        FileCompressor segment = FileCompressor.take(FileCompressor.MAX_FILE);
        segment.close();
        try (FileCompressor piece = FileCompressor.take(4 << 20)) {
            assertThat(piece).isNotSameAs(segment);
            assertThatThrownBy(() -> piece.read(Content.of(bytes((4 << 20) + 1, 4))))
                    .isInstanceOf(IllegalArgumentException.class);
            try (FileCompressor next = FileCompressor.take(FileCompressor.MAX_FILE)) {
                assertThat(next).isSameAs(segment);
            }
        }
        assertThatThrownBy(() -> FileCompressor.take(FileCompressor.MAX_FILE + 1L))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
