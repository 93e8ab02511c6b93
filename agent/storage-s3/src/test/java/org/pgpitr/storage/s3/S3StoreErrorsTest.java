package org.pgpitr.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.s3.server.Fault;
import org.pgpitr.storage.s3.server.Fault.Answer;
import org.pgpitr.storage.s3.server.S3Server;
import org.pgpitr.storage.s3.server.S3ServerOptions;

/** What S3, and what stands between, can answer; and that none of it is ever read as "absent". */
class S3StoreErrorsTest {
    /** Each call of the contract that asks S3. */
    enum Call {
        OPEN {
            @Override
            Object run(S3Store store) {
                return store.open(KEY);
            }
        },
        STAT {
            @Override
            Object run(S3Store store) {
                return store.stat(KEY);
            }
        },
        PUT {
            @Override
            Object run(S3Store store) {
                return store.putIfAbsent(KEY, Content.of(new byte[100]));
            }
        },
        /** So long that the refusal comes before the body is sent. */
        PUT_LONG {
            @Override
            Object run(S3Store store) {
                return store.putIfAbsent(KEY, Content.of(new byte[6 << 20]));
            }
        },
        REPLACE {
            @Override
            Object run(S3Store store) {
                return store.replace(KEY, Content.of(new byte[100]), new ObjectVersion("0123"));
            }
        },
        LIST {
            @Override
            Object run(S3Store store) {
                store.list("", (key, stat) -> Next.CONTINUE);
                return "listed";
            }
        },
        DELETE {
            @Override
            Object run(S3Store store) {
                return store.delete(List.of(KEY));
            }
        };

        abstract Object run(S3Store store);
    }

    private static final ObjectKey KEY = ObjectKey.of("main/1/object");

    private static final S3Timeouts SHORT =
            new S3Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2));

    /** Where it answers before it is asked, the connection breaks in the middle of the question. */
    private static final List<Kind> SENSELESS = List.of(Kind.OTHER, Kind.UNAVAILABLE);

    private static S3Server server;
    private static S3StoreSettings settings;

    @BeforeAll
    static void startServer() {
        server = S3Server.start();
        settings = server.settings("errors");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void heal() {
        server.door().heal();
    }

    private static StorageException failure(S3StoreSettings settings, Call call) {
        try (S3Store store = S3Store.open(settings)) {
            StorageException failure = catchThrowableOfType(StorageException.class, () -> call.run(store));
            assertThat(failure).as("%s must fail", call).isNotNull();
            assertThat(failure).hasMessageContaining("s3://pgpitr-test/errors: ");
            assertThat(failure.getMessage()).doesNotEndWith(".").doesNotContain(S3Server.SECRET_KEY);
            return failure;
        }
    }

    private static void answerAll(Fault fault) {
        server.door().always(request -> true, fault);
    }

    @ParameterizedTest
    @EnumSource
    void a_wrong_secret_key_is_denied(Call call) {
        StorageException failure = failure(
                settings.withCredentials(
                        new S3Credentials.Keys(S3Server.ACCESS_KEY, "another-secret-key", Optional.empty())),
                call);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.ACCESS_DENIED);
        assertThat(failure).hasMessageContaining("SignatureDoesNotMatch");
        assertThat(failure.getMessage()).doesNotContain("another-secret-key");
        assertThat(failure.hint()).hasValue("check access key and secret key");
    }

    @ParameterizedTest
    @EnumSource
    void an_unknown_access_key_is_denied(Call call) {
        StorageException failure = failure(
                settings.withCredentials(new S3Credentials.Keys("AKIDUNKNOWN", "a-secret-key", Optional.empty())),
                call);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.ACCESS_DENIED);
        assertThat(failure).hasMessageContaining("InvalidAccessKeyId");
    }

    @ParameterizedTest
    @EnumSource
    void a_missing_bucket_is_no_empty_one(Call call) {
        try (S3Server empty = S3Server.start(S3ServerOptions.standard().with(S3ServerOptions.Bucket.MISSING))) {
            StorageException failure = failure(empty.settings("errors"), call);
            assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.NO_SUCH_LOCATION);
            assertThat(failure).hasMessageContaining("the bucket does not exist");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_page_of_a_proxy_that_says_404_is_no_absence(Call call) {
        answerAll(Answer.html(404));
        assertThat(failure(settings, call).kind()).isEqualTo(Kind.OTHER);
    }

    @ParameterizedTest
    @EnumSource
    void a_404_without_a_body_is_no_absence(Call call) {
        answerAll(new Answer(404, Map.of(), ""));
        assertThat(failure(settings, call).kind()).isEqualTo(Kind.OTHER);
    }

    @ParameterizedTest
    @EnumSource
    void a_page_of_a_proxy_that_says_200_is_no_success(Call call) {
        answerAll(Answer.html(200));
        assertThat(failure(settings, call).kind()).isIn(SENSELESS);
    }

    @ParameterizedTest
    @EnumSource
    void an_empty_page_that_says_200_is_no_success(Call call) {
        answerAll(new Answer(200, Map.of(), ""));
        assertThat(failure(settings, call).kind()).isIn(SENSELESS);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_overloaded_may_be_asked_again(Call call) {
        answerAll(Answer.error(503, "SlowDown", "Please reduce your request rate."));
        StorageException failure = failure(settings, call);
        assertThat(failure.isRetryable()).isTrue();
        assertThat(failure).hasMessageContaining("503 SlowDown, Please reduce your request rate");
    }

    @ParameterizedTest
    @EnumSource
    void a_gateway_without_its_server_may_be_asked_again(Call call) {
        answerAll(Answer.html(502));
        assertThat(failure(settings, call).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @ParameterizedTest
    @EnumSource
    void a_connection_that_is_reset_is_unavailable(Call call) {
        answerAll(new Fault.ResetBefore());
        assertThat(failure(settings, call).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @ParameterizedTest
    @EnumSource
    void a_lost_response_is_unavailable(Call call) {
        answerAll(new Fault.LoseResponse());
        assertThat(failure(settings, call).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @ParameterizedTest
    @EnumSource
    void a_server_that_never_answers_is_unavailable(Call call) {
        answerAll(new Fault.NoAnswer());
        StorageException failure = failure(settings.withTimeouts(SHORT), call);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("no answer in time");
    }

    @Test
    void a_server_that_stops_to_read_an_upload_is_unavailable() {
        answerAll(new Fault.StallUpload());
        try (S3Store store = S3Store.open(settings.withTimeouts(SHORT))) {
            StorageException failure = catchThrowableOfType(
                    StorageException.class, () -> store.putIfAbsent(KEY, Content.of(new byte[16 << 20])));
            assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    @Test
    void a_slow_server_is_waited_for() {
        server.door().always(request -> true, new Fault.Delay(Duration.ofMillis(300)));
        try (S3Store store = S3Store.open(settings)) {
            assertThat(store.putIfAbsent(ObjectKey.of("slow"), Content.of(new byte[10])))
                    .isEqualTo(PutResult.CREATED);
            assertThat(store.stat(ObjectKey.of("slow"))).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_server_at_the_endpoint_is_unavailable(Call call) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        StorageException failure = failure(settings.withEndpoint(URI.create("http://localhost:" + port)), call);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("no connection").hasMessageContaining("http://localhost:" + port);
    }

    @Test
    void an_unknown_host_is_unavailable() {
        StorageException failure = failure(settings.withEndpoint(URI.create("http://no-such-host.invalid")), Call.STAT);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("the host name is not known");
    }

    @ParameterizedTest
    @EnumSource
    void a_bucket_of_another_region_is_named(Call call) {
        answerAll(Answer.error(301, "PermanentRedirect", "must be addressed using the specified endpoint")
                .with("x-amz-bucket-region", "eu-central-1"));
        StorageException failure = failure(settings, call);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.OTHER);
        assertThat(failure).hasMessageContaining("the bucket is in another region");
        assertThat(failure.hint()).hasValue("set region to eu-central-1");
    }

    @ParameterizedTest
    @CsvSource({"SlowDown, UNAVAILABLE", "AccessDenied, ACCESS_DENIED"})
    void an_error_of_a_listing_that_comes_with_status_200_is_what_it_says(String code, Kind kind) {
        answerAll(Answer.error(200, code, "as S3 words it"));
        StorageException failure = failure(settings, Call.LIST);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(kind);
        assertThat(failure.isRetryable()).isEqualTo(kind == Kind.UNAVAILABLE);
    }

    @Test
    void a_clock_that_is_wrong_is_named() {
        answerAll(Answer.error(403, "RequestTimeTooSkewed", "The difference is too large."));
        StorageException failure = failure(settings, Call.PUT);
        assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.ACCESS_DENIED);
        assertThat(failure.hint()).hasValueSatisfying(hint -> assertThat(hint).startsWith("set this host's clock"));
    }

    @Test
    void a_refusal_to_list_explains_why_absence_is_not_told() {
        answerAll(Answer.error(403, "AccessDenied", "Access Denied"));
        for (Call call : List.of(Call.OPEN, Call.STAT, Call.LIST)) {
            StorageException failure = failure(settings, call);
            assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.ACCESS_DENIED);
            assertThat(failure).hasMessageContaining("AccessDenied, Access Denied (request 4442587FB7D0A2F9)");
            assertThat(failure.hint())
                    .hasValueSatisfying(hint -> assertThat(hint).contains("s3:ListBucket"));
        }
    }

    @Test
    void a_conflict_of_two_conditional_writes_may_be_asked_again() {
        answerAll(Answer.error(409, "ConditionalRequestConflict", "The conditional request cannot succeed."));
        assertThat(failure(settings, Call.PUT).isRetryable()).isTrue();
        assertThat(failure(settings, Call.REPLACE).isRetryable()).isTrue();
    }

    @Test
    void a_412_of_a_proxy_is_no_existing_object() {
        answerAll(Answer.html(412));
        assertThat(failure(settings, Call.PUT).kind()).isEqualTo(Kind.OTHER);
        assertThat(failure(settings, Call.REPLACE).kind()).isEqualTo(Kind.OTHER);
    }

    @Test
    void a_used_up_quota_is_full() {
        answerAll(Answer.error(403, "QuotaExceeded", "The quota is used up."));
        assertThat(failure(settings, Call.PUT).kind()).isEqualTo(Kind.FULL);
    }

    @Test
    void a_body_that_ends_early_is_a_failure_and_no_short_object() {
        byte[] bytes = new byte[1 << 20];
        ObjectKey key = ObjectKey.of("long");
        try (S3Store patient = S3Store.open(settings);
                S3Store store = S3Store.open(settings.withTimeouts(SHORT))) {
            patient.putIfAbsent(key, Content.of(bytes));
            for (long delivered : new long[] {0, 1, 500_000, bytes.length - 1}) {
                for (Fault fault : List.of(
                        new Fault.CutBody(delivered), new Fault.ResetBody(delivered), new Fault.StallBody(delivered))) {
                    server.door().once(request -> request.isFor("GET", "errors/long"), fault);
                    assertThatThrownBy(() -> {
                                try (InputStream in = store.open(key).orElseThrow()) {
                                    in.readAllBytes();
                                }
                            })
                            .as("%s", fault)
                            .isInstanceOfAny(IOException.class, StorageException.class)
                            .hasMessageContaining("long");
                }
            }
        }
    }

    @Test
    @DisplayName("Class 18: a body that trickles, and so is never silent, is given up in bounded time")
    void a_body_that_trickles_is_given_up_in_bounded_time() {
        ObjectKey key = ObjectKey.of("trickling");
        try (S3Store store = S3Store.open(settings.withTimeouts(SHORT))) {
            store.putIfAbsent(key, Content.of(new byte[100_000]));
            server.door()
                    .once(
                            request -> request.isFor("GET", "errors/trickling"),
                            new Fault.TrickleBody(Duration.ofMillis(100)));
            assertThatThrownBy(() -> {
                        try (InputStream in = store.open(key).orElseThrow()) {
                            in.readAllBytes();
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("trickling")
                    .hasMessageContaining("too slow");
        }
    }

    @Test
    void an_interrupted_thread_stops_at_once() {
        try (S3Store store = S3Store.open(settings)) {
            for (Call call : Call.values()) {
                Thread.currentThread().interrupt();
                StorageException failure = catchThrowableOfType(StorageException.class, () -> call.run(store));
                assertThat(Thread.interrupted()).as("%s keeps the flag", call).isTrue();
                assertThat(failure.kind()).as("%s", call).isEqualTo(Kind.INTERRUPTED);
            }
        }
    }

    private static Answer pageBefore(String next, String contents) {
        return new Answer(
                200,
                Map.of("Content-Type", "application/xml"),
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>" + next
                        + "</NextContinuationToken>" + contents + "</ListBucketResult>");
    }

    @Test
    void a_listing_that_breaks_between_its_pages_is_no_short_listing() {
        server.door()
                .once(
                        request -> true,
                        pageBefore("t", "<Contents><Key>errors/a</Key><Size>1</Size><ETag>0</ETag></Contents>"));
        server.door()
                .once(
                        request -> request.target().contains("continuation-token=t"),
                        Answer.error(500, "InternalError", "We encountered an internal error."));
        List<ObjectKey> seen = new ArrayList<>();
        try (S3Store store = S3Store.open(settings)) {
            assertThatThrownBy(() -> store.list("", (key, stat) -> {
                        seen.add(key);
                        return Next.CONTINUE;
                    }))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("InternalError");
        }
        assertThat(seen).containsExactly(ObjectKey.of("a"));
    }

    /** With objects it would meet the order of the keys; without any, nothing but the place at which it goes on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_listing_that_comes_back_to_where_it_was_is_no_endless_one(int places) {
        for (int i = 0; i < 2 * places + 2; i++) {
            server.door().once(request -> true, pageBefore("t" + i % places, ""));
        }
        server.door().forgetRequests();
        try (S3Store store = S3Store.open(settings)) {
            assertThatThrownBy(() -> store.list("", (key, stat) -> Next.CONTINUE))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the listing goes on where it has been before, without an end");
        }
        assertThat(server.door().requests()).hasSize(places + 1);
    }

    @Test
    void a_page_that_ends_early_is_a_failure_that_may_be_asked_again_and_no_short_listing() {
        try (S3Store patient = S3Store.open(settings);
                S3Store store = S3Store.open(settings.withTimeouts(SHORT))) {
            List.of("a", "b", "c")
                    .forEach(key -> patient.putIfAbsent(ObjectKey.of("page/" + key), Content.of(new byte[1])));
            for (long delivered : new long[] {0, 1, 300, 700}) {
                for (Fault fault : List.of(
                        new Fault.CutBody(delivered), new Fault.ResetBody(delivered), new Fault.StallBody(delivered))) {
                    server.door().once(request -> request.target().contains("list-type"), fault);
                    List<ObjectKey> seen = new ArrayList<>();
                    StorageException failure = catchThrowableOfType(
                            StorageException.class,
                            () -> store.list("page/", (key, stat) -> {
                                seen.add(key);
                                return Next.CONTINUE;
                            }));
                    assertThat(failure).as("%s", fault).isNotNull();
                    assertThat(failure.kind()).as("%s", failure).isEqualTo(Kind.UNAVAILABLE);
                    assertThat(seen).as("%s", fault).isEmpty();
                }
            }
        }
    }

    @Test
    void a_page_whose_text_ends_early_may_be_asked_again() {
        answerAll(new Answer(
                200,
                Map.of("Content-Type", "application/xml"),
                "<ListBucketResult><IsTruncated>false</IsTruncated>"
                        + "<Contents><Key>errors/a</Key><Size>1</Size></Contents>"));
        assertThat(failure(settings, Call.LIST).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void a_listing_out_of_order_is_refused() {
        answerAll(new Answer(
                200,
                Map.of("Content-Type", "application/xml"),
                "<ListBucketResult><IsTruncated>false</IsTruncated>"
                        + "<Contents><Key>errors/b</Key><Size>1</Size></Contents>"
                        + "<Contents><Key>errors/a</Key><Size>1</Size></Contents></ListBucketResult>"));
        assertThat(failure(settings, Call.LIST).kind()).isEqualTo(Kind.UNSUPPORTED);
    }

    @Test
    void a_deletion_that_is_not_answered_for_every_object_is_a_failure() {
        server.door()
                .once(
                        request -> request.method().equals("POST"),
                        new Answer(200, Map.of("Content-Type", "application/xml"), "<DeleteResult/>"));
        assertThat(failure(settings, Call.DELETE).kind()).isEqualTo(Kind.OTHER);
    }

    @Test
    void a_look_alike_without_batches_deletes_one_by_one() {
        try (S3Store store = S3Store.open(settings)) {
            List<ObjectKey> keys = List.of(ObjectKey.of("d/1"), ObjectKey.of("d/2"), ObjectKey.of("d/3"));
            keys.forEach(key -> store.putIfAbsent(key, Content.of(new byte[1])));
            server.door()
                    .always(
                            request -> request.method().equals("POST"),
                            Answer.error(501, "NotImplemented", "A header you provided implies functionality"));
            assertThat(store.delete(keys)).isEqualTo(DeleteResult.COMPLETE);
            assertThat(keys).allSatisfy(key -> assertThat(store.stat(key)).isEmpty());
        }
    }

    @Test
    void a_secret_that_the_server_echoes_is_not_shown() {
        answerAll(Answer.error(400, "InvalidRequest", "do not send " + S3Server.SECRET_KEY));
        StorageException failure = failure(settings, Call.PUT);
        assertThat(failure).hasMessageContaining("do not send ***");
        assertThat(settings.toString()).doesNotContain(S3Server.SECRET_KEY);
    }
}
