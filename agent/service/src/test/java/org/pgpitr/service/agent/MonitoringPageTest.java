package org.pgpitr.service.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.service.prefetch.PrefetchMetrics;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.stream.StreamComponent;
import org.pgpitr.service.stream.StreamOptions;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;
import org.pgpitr.storage.metrics.MeteredStore;

/** The metrics as they are read over HTTP, and as {@code docs/monitoring.md} describes them. */
class MonitoringPageTest {
    private static final Path PAGE = Path.of("../../docs/monitoring.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(pgpitr_[a-z_]+)` \\| ([a-z]+) \\|");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");

    private static final Path ALERTS = Path.of("../../pg-conf-samples/prometheus/pgpitr-alerts.yml");
    private static final Pattern RULE =
            Pattern.compile("\\APgpitr[A-Za-z]+\n {8}expr: [^\n]+\n( {10}[^\n]+\n)*( {8}for: [0-9]+m\n)?"
                    + " {8}annotations:\n {10}summary: \"[^\"\n]+\"\n\\n?\\z");

    @TempDir
    private Path folder;

    private static Map<String, String> found(Pattern pattern, String text) {
        Map<String, String> all = new TreeMap<>();
        pattern.matcher(text).results().forEach(match -> all.put(match.group(1), match.group(2)));
        return all;
    }

    private PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new ArchiverMetrics(registry);
        new PrefetchMetrics(registry);
        new MeteredStore(new MemoryStore(), registry, "1").stat(ObjectKey.of("any"));
        new Agent(
                folder,
                new Spool(folder, folder),
                List.of(stream(registry)),
                ServiceNotifier.of(Map.of()),
                new AgentLog(new PrintWriter(Writer.nullWriter()), AgentLog.Format.TEXT, Clock.systemUTC()),
                Clock.systemUTC(),
                registry);
        return registry;
    }

    private static AgentComponent stream(PrometheusMeterRegistry registry) {
        return new StreamComponent(
                new ConnectionSettings(
                        "/tmp",
                        5432,
                        "postgres",
                        "postgres",
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        ConnectionSettings.DEFAULT_CONNECT_TIMEOUT,
                        ConnectionSettings.DEFAULT_ANSWER_TIMEOUT),
                List.of(new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 3)),
                new StreamOptions(
                        "pgpitr",
                        "pgpitr",
                        Duration.ofSeconds(1),
                        1 << 20,
                        StreamOptions.Pace.PERIODIC,
                        StreamOptions.OnNoSlot.FAIL,
                        StreamOptions.OnMissing.REQUIRE),
                new PushLimits(1),
                new AgentLog(new PrintWriter(Writer.nullWriter()), AgentLog.Format.TEXT, Clock.systemUTC()),
                Clock.systemUTC(),
                registry);
    }

    @Test
    void every_metric_and_no_other_stands_on_the_page() throws IOException {
        assertThat(found(ROW, Files.readString(PAGE)))
                .isNotEmpty()
                .isEqualTo(found(TYPE, registry().scrape()));
    }

    @Test
    void page_and_alerts_speak_of_metrics_that_there_are() throws IOException {
        String scrape = registry().scrape();
        for (Path file : List.of(PAGE, ALERTS)) {
            List<String> names = Pattern.compile("pgpitr_[a-z_]+")
                    .matcher(Files.readString(file))
                    .results()
                    .map(MatchResult::group)
                    .toList();
            assertThat(names)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(name -> assertThat(scrape).containsPattern("(?m)^" + name + "[ {_]"));
        }
    }

    @Test
    void each_alert_of_the_sample_is_whole_and_stands_on_the_page() throws IOException {
        String alerts = Files.readString(ALERTS);
        List<String> rules = List.of(alerts.split("(?m)^      - alert: "));
        assertThat(rules).hasSizeGreaterThan(5).first().asString().contains("groups:\n  - name: pgpitr\n    rules:\n");
        for (String rule : rules.subList(1, rules.size())) {
            assertThat(rule).containsPattern(RULE);
            assertThat(rule.chars().filter(c -> c == '(').count())
                    .isEqualTo(rule.chars().filter(c -> c == ')').count());
            assertThat(Files.readString(PAGE))
                    .contains("| `" + rule.lines().findFirst().orElseThrow() + "` |");
        }
    }

    @Test
    void the_port_answers_with_the_metrics_and_nothing_else() throws Exception {
        try (MetricsPort port = MetricsPort.open(new InetSocketAddress("127.0.0.1", 0), registry())) {
            HttpResponse<String> metrics = get(port, "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain");
            assertThat(metrics.body())
                    .contains("\npgpitr_wal_backlog_files 0")
                    .contains("\npgpitr_stream_up 0.0")
                    .contains("\npgpitr_store_failures_total{operation=\"put\",repository=\"1\"} 0.0")
                    .contains("pgpitr_store_call_duration_seconds_count{operation=\"stat\",outcome=\"absent\",");
            assertThat(get(port, "/").statusCode()).isEqualTo(404);
            assertThat(get(port, "/metrics/more").statusCode()).isEqualTo(404);
        }
    }

    private static HttpResponse<String> get(MetricsPort port, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port.address().getPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
