package org.pgpitr.repository.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.storage.Content;

class SpillTest {
    private static final byte[] BYTES = {1, 2, 3, 4, 5, 6};

    @TempDir
    private Path folder;

    @Test
    void what_passes_the_limit_goes_to_a_file_that_a_kill_leaves_nothing_of_and_what_does_not_needs_no_folder()
            throws IOException {
        Spill small = new Spill(6, new TemporaryFolder(folder.resolve("gone")));
        small.write(BYTES, 0, 6);
        assertHolds(small);

        Spill big = new Spill(5, new TemporaryFolder(folder));
        big.write(BYTES, 0, 5);
        assertThat(big.isInMemory()).isTrue();
        big.write(BYTES, 5, 1);
        assertThat(big.isInMemory()).isFalse();
        assertThat(folder).isEmptyDirectory();
        assertHolds(big);
        Content content = big.content();
        big.discard();
        assertThatThrownBy(() -> content.open().read()).isInstanceOf(IOException.class);
    }

    @Test
    void one_that_is_interrupted_while_it_reads_does_not_keep_the_others_from_reading() throws IOException {
        Spill spill = new Spill(0, new TemporaryFolder(folder));
        spill.write(BYTES, 0, 6);
        Thread.currentThread().interrupt();
        try {
            assertHolds(spill);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertHolds(spill);
        spill.discard();
    }

    @Test
    void what_fails_while_it_is_filled_is_let_go_of() {
        Spill spill = new Spill(0, new TemporaryFolder(folder));
        assertThatThrownBy(() -> spill.filled(into -> {
                    into.write(BYTES);
                    throw new IOException("the source");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("the source");
        assertThatThrownBy(() -> spill.content().open().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Closed");
    }

    private static void assertHolds(Spill spill) throws IOException {
        try (InputStream in = spill.content().open()) {
            assertThat(in.readAllBytes()).isEqualTo(BYTES);
        }
    }

    @Test
    void a_temporary_folder_that_can_not_be_used_is_named_and_no_fault_of_the_source() {
        Path gone = folder.resolve("gone");
        Spill spill = new Spill(5, new TemporaryFolder(gone));
        assertThatThrownBy(() -> spill.write(BYTES, 0, 6)).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.DISK_UNAVAILABLE);
            assertThat(e).hasMessageContaining("the temporary folder " + gone + " can't be used");
        });
        spill.discard();
    }
}
