package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.storage.s3.server.Fault;
import org.pgpitr.storage.s3.server.S3Server;

/** What a real agent tells Prometheus, against {@code docs/monitoring.md}. */
@Tag("scenario")
class AgentMetricsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(pgpitr_[a-z_]+)` \\| [a-z]+ \\|");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) ");

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static String scrape(AgentProcess agent) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(agent.metrics()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    static double value(String scrape, String name, String... labels) {
        double sum = 0;
        int lines = 0;
        for (String line : scrape.lines().toList()) {
            boolean meant = line.startsWith(name + " ") || line.startsWith(name + "{");
            for (String label : labels) {
                meant = meant && line.contains(label);
            }
            if (meant) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                lines++;
            }
        }
        assertThat(lines).as(name + " in " + scrape).isPositive();
        return sum;
    }

    @Test
    void each_documented_metric_is_there_and_no_other_and_they_tell_what_happened() throws Exception {
        try (Workspace work = new Workspace();
                S3Server s3 = S3Server.start();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK, AgentProcess.variables(s3))) {
            agent.cluster()
                    .pgpitr()
                    .variable("PGPITR_STREAM_ENABLED", "true")
                    .variable("PGPITR_REPOSITORY_NAME", "off-site");
            agent.startAndWait();
            agent.cluster().insert("row");
            agent.cluster().archive();
            s3.door().once(request -> request.method().equals("PUT"), Fault.Answer.error(503, "SlowDown", "Slower."));
            agent.cluster().insert("another row");
            agent.cluster().archive();

            String scrape = scrape(agent);
            String page = Files.readString(TestDistribution.sourceTree().resolve("docs/monitoring.md"));
            assertThat(names(TYPE, scrape)).isEqualTo(names(ROW, page));
            assertThat(value(scrape, "pgpitr_wal_archived_files_total")).isGreaterThanOrEqualTo(2);
            assertThat(value(scrape, "pgpitr_wal_archived_bytes_total")).isGreaterThanOrEqualTo(2 << 20);
            assertThat(value(scrape, "pgpitr_wal_disk_free_bytes")).isPositive();
            String repository = "repository=\"off-site\"";
            assertThat(value(
                            scrape,
                            "pgpitr_store_call_duration_seconds_count",
                            repository,
                            "operation=\"put\"",
                            "outcome=\"created\""))
                    .isGreaterThanOrEqualTo(2);
            assertThat(value(scrape, "pgpitr_store_failures_total", repository, "operation=\"put\""))
                    .isPositive();
            assertThat(value(scrape, "pgpitr_store_failures_total", repository, "operation=\"list\""))
                    .isZero();
            assertThat(value(scrape, "pgpitr_store_uploaded_bytes_total", repository))
                    .isPositive();
            assertThat(value(scrape, "pgpitr_store_downloaded_bytes_total", repository))
                    .isPositive();
            agent.stop();
        }
    }
}
