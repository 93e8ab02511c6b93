package org.pgpitr.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.Refusal;
import org.pgpitr.storage.Refusal.Cause;
import org.pgpitr.storage.s3.server.Fault.Answer;
import org.pgpitr.storage.s3.server.S3Server;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Why S3 does not delete an object: a lock, as it was told to, or a want of rights. */
class S3RefusedDeletionTest {
    private static final ObjectKey THERE = ObjectKey.of("there");
    private static final ObjectKey ABSENT = ObjectKey.of("absent");
    private static final Refusal LOCKED = new Refusal(Cause.LOCKED, Optional.empty());

    private static S3Server server;
    private static S3StoreSettings settings;

    private S3Store store;

    @BeforeAll
    static void startServer() {
        server = S3Server.start();
        settings = server.settings("refused");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void an_object() {
        store = S3Store.open(settings);
        store.putIfAbsent(THERE, Content.of(new byte[1]));
    }

    @AfterEach
    void heal() {
        server.locks().end();
        server.door().heal();
        store.close();
    }

    private static void answer(Answer answer) {
        server.door().once(request -> request.method().equals("POST"), answer);
    }

    private static void refuse(String code, String message) {
        answer(new Answer(
                200,
                Map.of("Content-Type", "application/xml"),
                "<DeleteResult><Error><Key>refused/there</Key><Code>" + code + "</Code><Message>" + message
                        + "</Message></Error><Deleted><Key>refused/absent</Key></Deleted></DeleteResult>"));
    }

    private Map<ObjectKey, Refusal> refused() {
        return store.delete(List.of(THERE, ABSENT)).refused();
    }

    @Test
    void what_may_not_be_deleted_survives_and_is_named() {
        answer(Answer.error(403, "AccessDenied", "Access Denied"));
        assertThat(refused()).isEqualTo(Map.of(THERE, Refusal.DENIED));
        assertThat(store.delete(List.of(THERE, ABSENT))).isEqualTo(DeleteResult.COMPLETE);
    }

    @Test
    void a_sentence_that_is_said_of_locks_alone_tells_of_one() {
        refuse("AccessDenied", "Access Denied because object protected by object lock.");
        assertThat(refused()).isEqualTo(Map.of(THERE, LOCKED));
        refuse("InvalidRequest", "Object is WORM protected and cannot be overwritten");
        assertThat(refused()).isEqualTo(Map.of(THERE, LOCKED));
        answer(Answer.error(400, "InvalidRequest", "Object is WORM protected and cannot be overwritten"));
        assertThat(refused()).isEqualTo(Map.of(THERE, LOCKED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "User: arn:aws:iam::123456789012:user/worm is not authorized to perform: s3:DeleteObject",
                "not authorized to perform: s3:BypassGovernanceRetention on resource: arn:aws:s3:::object-lock/x",
                "this account is blocked",
                "retention: you lack the right to delete"
            })
    void words_that_only_remind_of_a_lock_do_not_excuse_a_want_of_rights(String message) {
        refuse("AccessDenied", message);
        assertThat(refused()).isEqualTo(Map.of(THERE, Refusal.DENIED));
        answer(Answer.error(403, "AccessDenied", message));
        assertThat(refused()).isEqualTo(Map.of(THERE, Refusal.DENIED));
    }

    @Test
    void a_look_at_the_object_tells_of_its_lock_whatever_the_refusal_says() {
        Instant end = Instant.parse("2999-01-01T00:00:00Z");
        server.locks().lock("there", end);
        refuse("AccessDenied", "Access Denied");
        assertThat(refused()).isEqualTo(Map.of(THERE, new Refusal(Cause.LOCKED, Optional.of(end))));

        server.locks().lock("there", Instant.parse("2020-01-01T00:00:00Z"));
        refuse("AccessDenied", "Access Denied");
        assertThat(refused()).as("a lock that has ended").isEqualTo(Map.of(THERE, Refusal.DENIED));
    }

    @Test
    void a_legal_hold_is_told_as_one_since_it_does_not_end_by_itself() {
        server.locks().hold("there");
        assertThat(refused()).isEqualTo(Map.of(THERE, new Refusal(Cause.HELD, Optional.empty())));
        server.locks().end();
        assertThat(refused()).isEmpty();
    }

    @Test
    void many_are_looked_at_side_by_side_and_no_more_than_so_many() {
        CyclicBarrier together = new CyclicBarrier(S3Refusals.AT_A_TIME);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Map<ObjectKey, String> refused = new LinkedHashMap<>();
        for (int i = 0; i < 4 * S3Refusals.AT_A_TIME; i++) {
            refused.put(ObjectKey.of("k/" + i), "AccessDenied, Access Denied");
        }
        S3Refusals refusals = new S3Refusals(
                key -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    meet(together);
                    now.decrementAndGet();
                    return key.equals(ObjectKey.of("k/7"))
                            ? Optional.empty()
                            : Optional.of(HeadObjectResponse.builder().build());
                },
                new S3Errors(settings));

        Map<ObjectKey, Refusal> left = refusals.of(refused);

        assertThat(left).hasSize(refused.size() - 1).doesNotContainKey(ObjectKey.of("k/7"));
        assertThat(left.values()).containsOnly(Refusal.DENIED);
        assertThat(most).hasValue(S3Refusals.AT_A_TIME);
    }

    private static void meet(CyclicBarrier others) {
        try {
            others.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("nobody looks beside", e);
        }
    }
}
