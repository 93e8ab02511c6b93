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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.service.prefetch.PrefetchMetrics;
import org.pgpitr.service.spool.Spool;

/** The metrics as they are read over HTTP, and as {@code docs/monitoring.md} describes them. */
class MonitoringPageTest {
    private static final Path PAGE = Path.of("../../docs/monitoring.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(pgpitr_[a-z_]+)` \\| ([a-z]+) \\|");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");

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
        new Agent(
                folder,
                new Spool(folder, folder),
                List.of(),
                ServiceNotifier.of(Map.of()),
                new AgentLog(new PrintWriter(Writer.nullWriter()), AgentLog.Format.TEXT, Clock.systemUTC()),
                Clock.systemUTC(),
                registry);
        return registry;
    }

    @Test
    void every_metric_and_no_other_stands_on_the_page() throws IOException {
        assertThat(found(ROW, Files.readString(PAGE)))
                .isNotEmpty()
                .isEqualTo(found(TYPE, registry().scrape()));
    }

    @Test
    void alerts_speak_of_metrics_that_there_are() throws IOException {
        String page = Files.readString(PAGE);
        String scrape = registry().scrape();
        Pattern.compile("pgpitr_[a-z_]+")
                .matcher(page)
                .results()
                .forEach(match -> assertThat(scrape).contains(match.group()));
    }

    @Test
    void the_port_answers_with_the_metrics_and_nothing_else() throws Exception {
        try (MetricsPort port = MetricsPort.open(new InetSocketAddress("127.0.0.1", 0), registry())) {
            HttpResponse<String> metrics = get(port, "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain");
            assertThat(metrics.body()).contains("\npgpitr_wal_backlog_files 0");
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
