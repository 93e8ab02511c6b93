package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupFixture.Made;
import org.pgpitr.storage.local.LocalDiskStore;

/** Lanes come back with age, zstd and tar alone. */
class StockToolsTest {
    private final ExecutorService transfers = BackupFixture.daemons(4);

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        transfers.shutdownNow();
    }

    private static boolean isInstalled(String tool) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    private void sh(String script) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder("sh", "-ec", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor())
                .as("%s: %s", script, Files.readString(output))
                .isZero();
    }

    private List<Made> lane(Generation generation) {
        List<Made> entries = BackupFixture.mixedLane(12);
        BackupFixture.write(generation, 0, entries, transfers, new ArrayList<>());
        return entries;
    }

    private void assertExtracted(List<Made> entries) throws IOException {
        Path root = folder.resolve("out");
        for (Made made : entries) {
            Path file = PathNames.resolve(root, made.entry().path());
            switch (made.entry().kind()) {
                case FILE -> assertThat(Files.readAllBytes(file)).isEqualTo(BackupFixture.content(made));
                case DIRECTORY -> assertThat(file).isDirectory();
                case LINK ->
                    assertThat(PathNames.of(Files.readSymbolicLink(file)))
                            .isEqualTo(made.entry().linkTarget().orElseThrow());
            }
            if (made.entry().kind() != ManifestEntry.Kind.LINK) {
                assertThat(Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS))
                        .extracting(mode -> (int) mode & 0777)
                        .isEqualTo(made.entry().mode());
            }
        }
    }

    @Test
    void zstd_and_tar_read_a_plain_lane() throws Exception {
        assumeTrue(isInstalled("zstd") && isInstalled("tar"), "zstd and tar are not installed");
        List<Made> entries;
        try (LocalDiskStore store = LocalDiskStore.create(folder.resolve("repository"))) {
            entries = lane(BackupFixture.generation(store, Encryption.NONE));
        }
        sh("mkdir out; cat repository/main/1/backup/*/data/0000/*.tar.zst | zstd -d | tar x -p -C out");
        assertExtracted(entries);
    }

    @Test
    void age_zstd_and_tar_read_an_encrypted_lane() throws Exception {
        assumeTrue(
                isInstalled("age") && isInstalled("zstd") && isInstalled("tar"),
                "age, zstd and tar are not all installed");
        List<Made> entries;
        try (LocalDiskStore store = LocalDiskStore.create(folder.resolve("repository"))) {
            entries = lane(BackupFixture.generation(store, Encryption.AGE));
        }
        Files.writeString(folder.resolve("key"), BackupFixture.OWN.secret() + "\n");
        sh("mkdir out; for o in repository/main/1/backup/*/data/0000/*.tar.zst.age; do age -d -i key $o; done"
                + " | zstd -d | tar x -p -C out");
        assertExtracted(entries);
    }
}
