package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Workspace;

/** The {@code tar.gz} that {@code mvn package} makes, unpacked as a user does it. */
@Tag("scenario")
class DistributionTest {
    @Test
    void it_is_whole_runs_from_any_folder_also_behind_a_link_and_can_be_read_by_everybody() throws Exception {
        assumeTrue(TestDistribution.isPackaged(), "nothing is packaged in this run");
        try (Workspace work = new Workspace()) {
            Path place = work.folder("some programs");
            run(List.of("tar", "-C", place.toString(), "-xzf", tarball().toString()), work);
            Path home;
            try (Stream<Path> folders = Files.list(place)) {
                home = folders.findFirst().orElseThrow();
            }
            assertThat(home.getFileName().toString()).startsWith("pgpitr-");

            Path link = Files.createSymbolicLink(place.resolve("pgpitr"), home.resolve("bin/pgpitr"));
            for (Path launcher : List.of(home.resolve("bin/pgpitr"), link)) {
                assertThat(run(List.of(launcher.toString(), "version"), work)).startsWith("pgpitr ");
            }
            try (Stream<Path> all = Files.walk(home)) {
                assertThat(all.filter(file -> !file.startsWith(home.resolve("cds"))))
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .as(file.toString())
                                        .isEqualTo(
                                                Files.isDirectory(file) || file.endsWith("bin/pgpitr")
                                                        ? "rwxr-xr-x"
                                                        : "rw-r--r--"));
            }
            assertThat(home.resolve("demo")).isDirectoryContaining("glob:**.jar");
            for (String page : List.of("README.md", "CHANGELOG.md", "LICENSE")) {
                assertThat(home.resolve(page))
                        .hasSameBinaryContentAs(TestDistribution.sourceTree().resolve(page));
            }
            for (String folder : List.of("docs", "pg-conf-samples")) {
                assertThat(files(home.resolve(folder)))
                        .isEqualTo(files(TestDistribution.sourceTree().resolve(folder)));
            }
        }
    }

    private static Path tarball() throws IOException {
        try (Stream<Path> files = Files.list(TestDistribution.sourceTree().resolve("cli/target"))) {
            return files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String run(List<String> command, Workspace work) {
        Map<String, String> environment = new TreeMap<>(work.user().environment(work.folder()));
        Program program = work.user().run(command, work.folder(), environment);
        assertThat(program.status()).as(program.output()).isZero();
        return program.output();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
