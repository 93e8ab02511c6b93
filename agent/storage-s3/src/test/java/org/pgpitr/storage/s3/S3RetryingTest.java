package org.pgpitr.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.retry.RetryPolicy;
import org.pgpitr.storage.retry.RetryingStore;
import org.pgpitr.storage.s3.server.Fault;
import org.pgpitr.storage.s3.server.Fault.Answer;
import org.pgpitr.storage.s3.server.S3Server;

/** A bad connection to S3, as it is met in production: behind the retries. */
class S3RetryingTest {
    private static final List<Fault> FAULTS = List.of(
            new Fault.ResetBefore(),
            new Fault.LoseResponse(),
            new Fault.NoAnswer(),
            new Fault.StallUpload(),
            Answer.error(503, "SlowDown", "Please reduce your request rate."),
            Answer.error(409, "ConditionalRequestConflict", "The conditional request cannot succeed."),
            Answer.html(502));

    private static S3Server server;

    @BeforeAll
    static void startServer() {
        server = S3Server.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static RetryingStore store() {
        return new RetryingStore(
                S3Store.open(server.settings("retry")
                        .withTimeouts(new S3Timeouts(
                                Duration.ofSeconds(1), Duration.ofMillis(700), Duration.ofMillis(1400)))),
                new RetryPolicy(10, Duration.ofMinutes(5), Duration.ofMillis(1), Duration.ofMillis(2)));
    }

    private static Content content(long seed) {
        byte[] bytes = new byte[200_000];
        new Random(seed).nextBytes(bytes);
        return Content.of(bytes);
    }

    @Test
    void each_fault_of_a_put_is_overcome_and_the_object_is_ones_own() throws IOException {
        try (RetryingStore store = store()) {
            for (int i = 0; i < FAULTS.size(); i++) {
                ObjectKey key = ObjectKey.of("put/" + i);
                server.door().once(request -> request.method().equals("PUT"), FAULTS.get(i));
                assertThat(store.putIfAbsent(key, content(i)))
                        .as("%s", FAULTS.get(i))
                        .isEqualTo(PutResult.CREATED);
                try (InputStream in = store.open(key).orElseThrow();
                        InputStream expected = content(i).open()) {
                    assertThat(in).hasSameContentAs(expected);
                }
            }
        }
    }

    @Test
    void each_fault_of_a_replacement_is_overcome() {
        ObjectKey key = ObjectKey.of("lease");
        try (RetryingStore store = store()) {
            store.putIfAbsent(key, content(100));
            for (int i = 0; i < FAULTS.size(); i++) {
                ObjectVersion version = store.stat(key).map(ObjectStat::version).orElseThrow();
                server.door().once(request -> request.method().equals("PUT"), FAULTS.get(i));
                assertThat(store.replace(key, content(i), version))
                        .as("%s", FAULTS.get(i))
                        .isEqualTo(store.stat(key).map(ObjectStat::version));
            }
        }
    }

    @Test
    void each_break_of_a_download_is_overcome() throws IOException {
        ObjectKey key = ObjectKey.of("download");
        try (RetryingStore store = store()) {
            store.putIfAbsent(key, content(7));
            for (Fault fault : List.of(
                    new Fault.CutBody(10),
                    new Fault.CutBody(150_000),
                    new Fault.ResetBody(150_000),
                    new Fault.StallBody(150_000),
                    Answer.html(503))) {
                server.door().once(request -> request.method().equals("GET"), fault);
                try (InputStream in = store.open(key).orElseThrow();
                        InputStream expected = content(7).open()) {
                    assertThat(in).as("%s", fault).hasSameContentAs(expected);
                }
            }
        }
    }

    @Test
    void each_break_of_a_listing_is_overcome() {
        try (RetryingStore store = store()) {
            for (int i = 0; i < 5; i++) {
                store.putIfAbsent(ObjectKey.of("list/" + i), content(i));
            }
            for (Fault fault : List.of(new Fault.CutBody(300), new Fault.ResetBody(300), new Fault.ResetBefore())) {
                server.door().once(request -> request.method().equals("GET"), fault);
                List<String> keys = new ArrayList<>();
                store.list("list/", (key, stat) -> {
                    keys.add(key.lastPart());
                    return Next.CONTINUE;
                });
                assertThat(keys).as("%s", fault).containsExactly("0", "1", "2", "3", "4");
            }
        }
    }
}
