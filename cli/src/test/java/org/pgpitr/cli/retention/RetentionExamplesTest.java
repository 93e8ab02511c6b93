package org.pgpitr.cli.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.repository.retention.RetentionFacts;
import org.pgpitr.repository.retention.RetentionPlanner;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ConfigurationLoader;
import org.pgpitr.service.config.ConfigurationSources;
import org.pgpitr.service.expire.ExpirePlan;

/** The worked examples of docs/retention.md: each policy as it stands there, and what the planner says to it. */
class RetentionExamplesTest {
    private static final Path PAGE = Path.of("../docs/retention.md");
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Pattern EXAMPLE =
            Pattern.compile("\n### ([^\n]+)\n.*?```toml\n(.*?)```.*?```text\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    private static Map<String, List<ExampleCluster>> clusters() {
        Map<String, List<ExampleCluster>> all = new LinkedHashMap<>();
        all.put("Any moment of the last 14 days", List.of(weekly()));
        all.put(
                "Days, weeks and months",
                List.of(new ExampleCluster(1, 17)
                        .wal(1, "2026-10-15 00:00", "2026-11-20 12:00")
                        .backup(1, "2026-10-15 01:00")
                        .backup(1, "2026-10-31 01:00")
                        .backup(1, "2026-11-08 01:00")
                        .backup(1, "2026-11-14 01:00")
                        .backup(1, "2026-11-15 01:00")
                        .backup(1, "2026-11-16 01:00")
                        .backup(1, "2026-11-18 01:00")
                        .backup(1, "2026-11-19 01:00")
                        .backup(1, "2026-11-20 01:00")));
        all.put(
                "After a failover",
                List.of(new ExampleCluster(1, 17)
                        .wal(1, "2026-11-01 00:00", "2026-11-16 14:00")
                        .backup(1, "2026-11-01 01:00")
                        .backup(1, "2026-11-08 01:00")
                        .backup(1, "2026-11-15 01:00")
                        .promoted("2026-11-16 09:30")
                        .wal(2, "2026-11-16 09:00", "2026-11-20 12:00")
                        .backup(2, "2026-11-17 01:00")
                        .backup(2, "2026-11-18 01:00")));
        all.put(
                "A pin",
                List.of(weekly().pin("2026-11-01 01:00", "before the migration", Optional.of("2027-01-01 00:00"))));
        all.put(
                "After a major upgrade",
                List.of(
                        weekly(),
                        new ExampleCluster(2, 18)
                                .wal(1, "2026-11-20 09:00", "2026-11-20 12:00")
                                .backup(1, "2026-11-20 09:30")));
        return all;
    }

    private static ExampleCluster weekly() {
        return new ExampleCluster(1, 17)
                .wal(1, "2026-10-25 00:00", "2026-11-20 08:00")
                .backup(1, "2026-10-25 01:00")
                .backup(1, "2026-11-01 01:00")
                .backup(1, "2026-11-08 01:00")
                .backup(1, "2026-11-15 01:00");
    }

    /** {@code -Dpgpitr.regenerate} writes the page's plans anew; read the difference. */
    @Test
    void the_examples_say_what_the_planner_says() throws IOException {
        String page = Files.readString(PAGE);
        StringBuilder anew = new StringBuilder();
        Map<String, List<ExampleCluster>> clusters = clusters();
        Matcher example = EXAMPLE.matcher(page);
        int end = 0;
        while (example.find()) {
            List<ExampleCluster> generations = clusters.remove(example.group(1));
            assertThat(generations).as(example.group(1)).isNotNull();
            anew.append(page, end, example.start(3)).append(plan(example.group(2), generations));
            end = example.end(3);
        }
        anew.append(page.substring(end));
        assertThat(clusters).isEmpty();
        if (System.getProperty("pgpitr.regenerate") != null) {
            Files.writeString(PAGE, anew.toString());
        }
        assertThat(Files.readString(PAGE))
                .as("mvn -pl cli -am test -Dtest=RetentionExamplesTest -Dpgpitr.regenerate"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(anew.toString());
    }

    private String plan(String toml, List<ExampleCluster> generations) throws IOException {
        Path file = Files.writeString(folder.resolve("example.toml"), toml);
        Configuration configuration = ConfigurationLoader.load(new ConfigurationSources(
                Optional.of(file), Map.of(), List.of(), Optional.empty(), folder.resolve("none")));
        RetentionFacts facts =
                new RetentionFacts(generations.stream().map(g -> g.facts(NOW)).toList(), NOW);
        return ExpirePage.text(
                new ExpirePlan(
                        RetentionPlanner.plan(facts, configuration.retention().policy()), List.of(), List.of()),
                ZoneOffset.UTC,
                ExpirePage.Titles.PLAIN);
    }
}
