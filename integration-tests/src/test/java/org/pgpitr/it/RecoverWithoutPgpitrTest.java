package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Content;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Runs the very commands of docs/recover-without-pgpitr.md, with the stock tools. */
@Tag("scenario")
class RecoverWithoutPgpitrTest {
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"DISK", "DISK_ENCRYPTED"})
    void the_page_leads_from_the_objects_to_the_moment(Variant variant) throws Exception {
        for (String tool : List.of("age", "zstd", "tar")) {
            assumeTrue(onPath(tool), "no " + tool + " on this machine");
        }
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, Majors.newest(), variant, InitdbOptions.standard());
            Path tablespace = work.folder("tablespace");
            source.server().execute("create tablespace aside location '" + tablespace + "'");
            source.server().execute("create table in_aside tablespace aside as select generate_series(1, 1000) i");
            source.insert("before");
            source.backup();
            Moment a = source.insert("a");
            source.insert("b");
            source.archive();

            // The old host is lost, and with it what stood where the tablespace comes back.
            source.server().kill();
            Workspace.delete(source.server().dataDirectory());
            Workspace.delete(tablespace);

            PostgresInstance target = work.instance("by hand", source.programs());
            Map<String, String> environment = new TreeMap<>(work.user().environment(target.folder()));
            environment.put(
                    "REPOSITORY", source.server().folder().resolve("repository").toString());
            environment.put("CLUSTER", "main");
            environment.put(
                    "IDENTITY", source.server().folder().resolve("identity.txt").toString());
            environment.put("TARGET", target.dataDirectory().toString());
            environment.put("TARGET_TIME", a.time());
            Program ran = work.user().run(List.of("sh", "-eu", "-c", commands()), target.folder(), environment);
            assertThat(ran.status()).as(ran.output()).isZero();
            assertThat(ran.output()).doesNotContain("DAMAGED");

            target.start().awaitRecovered();
            assertThat(Content.of(target)).isEqualTo(a.content());
            Content.check(target);

            String fetch = target.dataDirectory().resolve("fetch-wal").toString();
            List<String> absent = List.of(fetch, "000000010000000000000099", "x");
            assertThat(work.user().run(target.folder(), absent).status()).isEqualTo(1);
            Path repository = source.repositoryFolder();
            Files.move(repository, repository.resolveSibling("not mounted"));
            assertThat(work.user().run(target.folder(), absent).status())
                    .as("no repository is no absence")
                    .isEqualTo(255);
        }
    }

    @Test
    void a_piece_or_a_lane_that_is_missing_is_noticed() throws Exception {
        assumeTrue(onPath("zstd") && onPath("tar"), "no zstd or tar on this machine");
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, Majors.newest(), Variant.DISK, InitdbOptions.standard());
            source.backup();
            Path data = source.repositoryFolder()
                    .resolve("main/1/backup")
                    .resolve(source.pgpitr().backups().get(0))
                    .resolve("data");
            String unpack = commands();
            unpack = unpack.substring(0, unpack.indexOf("if [ -f \"$TARGET/tablespace_map\" ]"));
            Map<String, String> environment = new TreeMap<>(work.user().environment(work.folder()));
            environment.put("REPOSITORY", source.repositoryFolder().toString());
            environment.put("TARGET", work.folder().resolve("whole").toString());
            List<String> command = List.of("sh", "-eu", "-c", unpack);
            assertThat(work.user().run(command, work.folder(), environment).output())
                    .contains("global/pg_control")
                    .doesNotContain("DAMAGED");

            Workspace.delete(data.resolve("0000"));
            environment.put("TARGET", work.folder().resolve("holed").toString());
            assertThat(work.user().run(command, work.folder(), environment).output())
                    .contains("DAMAGED: 0 of 1 pieces of lane 0 are there");
        }
    }

    private static boolean onPath(String tool) {
        return Program.run(List.of("sh", "-c", "command -v " + tool), Path.of("/"), System.getenv())
                .succeeded();
    }

    /** All blocks of the page that are marked {@code sh}, in order. */
    private static String commands() throws IOException {
        String page = Files.readString(TestDistribution.sourceTree().resolve("docs/recover-without-pgpitr.md"));
        return java.util.regex.Pattern.compile(
                        "^```sh\n(.*?)^```$", java.util.regex.Pattern.MULTILINE | java.util.regex.Pattern.DOTALL)
                .matcher(page)
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining("\n"));
    }
}
