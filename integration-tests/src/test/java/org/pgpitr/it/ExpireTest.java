package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** What expire leaves is enough for PostgreSQL itself: over a fork, back onto the old timeline, from the newest backup. */
@Tag("scenario")
class ExpireTest {
    @Test
    @DisplayName("Classes 13 and 26: what is kept recovers on real servers, and what was just restored stays")
    void what_is_kept_recovers_and_what_was_just_restored_stays() throws IOException {
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, Majors.newest(), Variant.DISK_ENCRYPTED, InitdbOptions.standard());
            source.backup();
            source.insert("a");
            source.archive();
            source.backup();
            source.insert("b");
            source.restorePoint("fork");
            Moment old = source.insert("only on timeline 1");
            source.archive();
            Cluster second = source.recoverAndArchive("--target-name", "fork");
            Moment c = second.insert("c");
            second.archive();

            source.pgpitr().run("expire", "--count", "1").expect(ExitCode.OK);
            assertThat(source.pgpitr().backups()).hasSize(1);
            source.recover().expect(c).discard();
            source.recover("--target-timeline", "1").expect(old).discard();

            second.backup();
            Moment d = second.insert("d");
            second.archive();
            source.pgpitr().run("expire", "--count", "1").expect(ExitCode.OK);
            assertThat(source.pgpitr().backups())
                    .as("the second was just restored")
                    .hasSize(2);
            aDayLater(source);
            source.pgpitr().run("expire", "--count", "1").expect(ExitCode.OK);
            assertThat(source.pgpitr().backups()).hasSize(1);
            source.recover().expect(d).discard();
            source.pgpitr().run("plan", "--target-timeline", "1").expect(ExitCode.TARGET_UNREACHABLE);
        }
    }

    /** Restores hold nothing any more. */
    private static void aDayLater(Cluster cluster) throws IOException {
        List<Path> leases;
        try (Stream<Path> files = Files.walk(cluster.repositoryFolder())) {
            leases = files.filter(file -> file.getFileName().toString().startsWith("restore-"))
                    .toList();
        }
        assertThat(leases).isNotEmpty();
        for (Path lease : leases) {
            Files.delete(lease);
        }
    }
}
