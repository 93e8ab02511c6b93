package org.pgpitr.repository.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    private static final long OWN = ProcessHandle.current().pid();
    private static final Instant START =
            ProcessHandle.current().info().startInstant().orElseThrow();

    @TempDir
    private Path directory;

    private Path destination;
    private long dead;

    @BeforeEach
    void a_process_that_is_no_more() throws IOException, InterruptedException {
        destination = directory.resolve("RECOVERYXLOG");
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        dead = process.pid();
    }

    private Path file(String name, Instant written) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "half");
        return Files.setLastModifiedTime(file, FileTime.from(written));
    }

    @Test
    void what_a_dead_process_left_goes() throws IOException {
        Path left = file("RECOVERYXLOG.pgpitr-" + dead + "-77.tmp", START);

        new Leftovers(destination).remove();

        assertThat(left).doesNotExist();
    }

    @Test
    void what_an_earlier_process_of_a_running_ones_number_left_goes() throws IOException {
        Path left = file("RECOVERYXLOG.pgpitr-" + OWN + "-77.tmp", START.minus(Duration.ofHours(1)));

        new Leftovers(destination).remove();

        assertThat(left).doesNotExist();
    }

    @Test
    void everything_else_stays() throws IOException {
        file("RECOVERYXLOG", START);
        file("RECOVERYXLOG.pgpitr-" + OWN + "-77.tmp", START);
        file("RECOVERYXLOG.pgpitr-" + dead + "-77.tmp.mine", START);
        file("RECOVERYXLOG.pgpitr-mine.tmp", START);
        file("RECOVERYHISTORY.pgpitr-" + dead + "-77.tmp", START);

        new Leftovers(destination).remove();

        assertThat(directory.toFile().list()).hasSize(5);
    }

    @Test
    void a_new_one_names_its_process_and_is_private() throws IOException {
        Path created = new Leftovers(destination).create();

        assertThat(created.getFileName().toString()).matches("RECOVERYXLOG\\.pgpitr-" + OWN + "-\\d+\\.tmp");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created)))
                .isEqualTo("rw-------");
    }

    @Test
    void the_next_file_of_that_destination_clears_away() throws IOException {
        Path left = file("RECOVERYXLOG.pgpitr-" + dead + "-77.tmp", START);

        try (PlacedFile placed = new PlacedFile(destination)) {
            placed.write(new byte[] {1, 2}, 2);
            placed.place();
        }

        assertThat(left).doesNotExist();
        assertThat(directory.toFile().list()).containsExactly("RECOVERYXLOG");
    }
}
