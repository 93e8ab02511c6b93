package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.storage.s3.server.RecordedRequest;
import org.pgpitr.storage.s3.server.S3Server;

/** What {@code docs/archiving.md} counts for the agent and for its stream; the hook's own are in {@link AgentFaultsTest}. */
@Tag("scenario")
class RequestsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void a_segment_is_one_put_and_a_second_of_new_wal_one_more() throws Exception {
        try (Workspace work = new Workspace();
                S3Server s3 = S3Server.start()) {
            Map<String, String> variables = new HashMap<>(AgentProcess.variables(s3));
            variables.put("PGPITR_STREAM_ENABLED", "true");
            try (AgentProcess agent = AgentProcess.beside(work, Variant.DISK, variables)) {
                agent.cluster().pgpitr().run("stream", "--create-slot").expect(ExitCode.OK);
                agent.startAndWait();
                awaitReceiver(agent.cluster());
                agent.cluster().archive();
                count(agent.cluster(), s3);
            }
        }
    }

    private static void awaitReceiver(Cluster source) {
        source.server()
                .await(
                        "the receiver",
                        () -> source.server()
                                .query("select count(*) from pg_stat_replication")
                                .equals("1"));
    }

    private static void count(Cluster source, S3Server s3) throws InterruptedException {
        s3.door().forgetRequests();
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < 5 * SECOND) {
            source.insert("a row");
            Thread.sleep(50);
        }
        source.archive();
        source.archive();
        AgentProcess.awaitDrained(source.server());
        List<RecordedRequest> all = List.copyOf(s3.door().requests());
        long seconds = (System.nanoTime() - begun) / SECOND + 1;

        List<String> stored = targets(all, "PUT", "/wal/");
        long segments = stored.stream().distinct().count();
        List<String> pieces = targets(all, "PUT", "/stream/");
        List<String> listings = targets(all, "GET", "list-type");
        List<String> deletions = targets(all, "POST", "delete");
        assertThat(List.of(pieces, listings, deletions))
                .allSatisfy(each -> assertThat(each).isNotEmpty());
        assertThat(segments).isGreaterThanOrEqualTo(2);
        // the stream and the archiver send it once; one that is sent again, as a busy machine may make it, is no defect
        assertThat(stored.size() - segments).isLessThanOrEqualTo(1);
        assertThat(targets(all, "GET", ".zst")).hasSizeLessThanOrEqualTo(1);
        assertThat(pieces.size() - seconds).isLessThanOrEqualTo(2);
        assertThat(listings.size() - segments).isLessThanOrEqualTo(3);
        assertThat(deletions.size() - segments).isLessThanOrEqualTo(2);
        // two each for the archiver, the stream's segments and the stream's look whether there is a new generation
        assertThat(targets(all, "GET", "cluster.json").size()).isLessThanOrEqualTo(6 + Math.toIntExact(seconds / 15));
        assertThat(all).map(RecordedRequest::method).isSubsetOf("PUT", "GET", "POST", "HEAD");
    }

    private static List<String> targets(List<RecordedRequest> all, String method, String part) {
        return all.stream()
                .filter(each -> each.method().equals(method))
                .map(RecordedRequest::target)
                .filter(target -> target.contains(part))
                .toList();
    }
}
