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
