package org.pgpitr.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ExactStreamTest {
    private static ExactStream stream(int there, long announced) {
        return new ExactStream(new ByteArrayInputStream(new byte[there]), announced);
    }

    @Test
    void what_was_announced_is_delivered() throws IOException {
        assertThat(stream(10, 10).readAllBytes()).hasSize(10);
        assertThat(stream(0, 0).readAllBytes()).isEmpty();
    }

    @Test
    void what_lies_behind_is_left_out() throws IOException {
        assertThat(stream(10, 4).readAllBytes()).hasSize(4);
        assertThat(stream(10, 0).read()).isEqualTo(-1);
    }

    @Test
    void an_early_end_is_a_failure() {
        assertThatThrownBy(() -> stream(9, 10).readAllBytes())
                .isInstanceOf(EOFException.class)
                .hasMessage("ended at 9 of 10 bytes");
        assertThatThrownBy(() -> stream(0, 1).read()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> stream(9, 10).skipNBytes(10)).isInstanceOf(EOFException.class);
    }
}
