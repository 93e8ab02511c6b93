package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pgpitr.storage.Content;

class CompressedFileTest {
    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static void assertHolds(CompressedFile file, byte[] plain) throws IOException {
        assertThat(file.tag()).isEqualTo(new FileTag("f", plain.length, Sha256.of(plain)));
        try (InputStream in = file.frame().open()) {
            byte[] frame = in.readAllBytes();
            assertThat(frame).hasSize(Math.toIntExact(file.length()));
            assertThat(Zstd.decompress(frame, plain.length)).isEqualTo(plain);
        }
    }

    @Test
    void what_is_short_when_it_is_compressed_is_held_in_memory() throws IOException {
        byte[] plain = new byte[40 << 20];
        try (CompressedFile file = CompressedFile.of("f", Content.of(plain), 3)) {
            assertHolds(file, plain);
            assertThat(file.memory()).isEqualTo(file.length()).isPositive();
        }
    }

    @Test
    void what_is_long_is_held_in_a_temporary_file_which_goes_with_it() throws IOException {
        byte[] plain = random(CompressedFile.MOST_MEMORY + 1);
        CompressedFile file = CompressedFile.of("f", Content.of(plain), 3);
        assertHolds(file, plain);
        assertThat(file.memory()).isZero();
        file.close();
        assertThatThrownBy(() -> file.frame().open().read()).isInstanceOf(IOException.class);
    }
}
