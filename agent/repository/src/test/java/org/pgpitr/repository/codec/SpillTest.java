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

class SpillTest {
    private static final byte[] BYTES = {1, 2, 3, 4, 5, 6};

    @TempDir
    private Path folder;

    @Test
    void what_passes_the_limit_goes_to_a_file_and_what_does_not_needs_no_folder() throws IOException {
        Spill small = new Spill(6, new TemporaryFolder(folder.resolve("gone")));
        small.write(BYTES, 0, 6);
        assertHolds(small);

        Spill big = new Spill(5, new TemporaryFolder(folder));
        big.write(BYTES, 0, 5);
        assertThat(folder).isEmptyDirectory();
        big.write(BYTES, 5, 1);
        assertThat(folder).isNotEmptyDirectory();
        assertHolds(big);
        big.discard();
        assertThat(folder).isEmptyDirectory();
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
            assertThat(e.exitCode()).isEqualTo(ExitCode.STORAGE_UNAVAILABLE);
            assertThat(e).hasMessageContaining("the temporary folder " + gone + " can't be used");
        });
        spill.discard();
    }
}
