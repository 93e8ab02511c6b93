package org.pgpitr.storage.retry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultPlan.Span;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

class RetryingStoreTest {
    private static final RetryPolicy QUICK =
            new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMillis(1), Duration.ofMillis(2));
    private static final ObjectKey KEY = ObjectKey.of("a/b");

    private final MemoryStore memory = new MemoryStore();

    private RetryingStore retrying(FaultPlan plan) {
        return new RetryingStore(new FaultyStore(memory, plan), QUICK);
    }

    private static Content content(String text) {
        return Content.of(text.getBytes(UTF_8));
    }

    private String stored() throws IOException {
        try (InputStream in = memory.open(KEY).orElseThrow()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private ObjectVersion version() {
        return memory.stat(KEY).orElseThrow().version();
    }

    @ParameterizedTest
    @EnumSource
    void a_put_that_fails_once_creates_its_object_once(Moment moment) throws IOException {
        assertThat(retrying(FaultPlan.nth(StoreOperation.PUT, 1, moment)).putIfAbsent(KEY, content("mine")))
                .isEqualTo(PutResult.CREATED);
        assertThat(stored()).isEqualTo("mine");
    }

    @Test
    void after_a_lost_response_the_object_of_another_is_not_taken_for_ones_own() throws IOException {
        memory.putIfAbsent(KEY, content("theirs"));
        for (Moment moment : Moment.values()) {
            assertThat(retrying(FaultPlan.nth(StoreOperation.PUT, 1, moment)).putIfAbsent(KEY, content("mine")))
                    .isEqualTo(PutResult.EXISTS);
            assertThat(retrying(FaultPlan.nth(StoreOperation.PUT, 1, moment)).putIfAbsent(KEY, content("theirs2")))
                    .isEqualTo(PutResult.EXISTS);
        }
        assertThat(stored()).isEqualTo("theirs");
    }

    @Test
    void an_object_that_exists_is_not_compared_when_no_response_was_lost() {
        memory.putIfAbsent(KEY, content("same"));
        FaultPlan noReads = FaultPlan.nth(StoreOperation.OPEN, 1, Moment.BEFORE);
        assertThat(retrying(noReads).putIfAbsent(KEY, content("same"))).isEqualTo(PutResult.EXISTS);
        assertThat(noReads.calls()).isZero();
    }

    @Test
    void a_lost_response_is_resolved_although_comparing_fails_at_first() {
        FaultPlan reads = FaultPlan.nth(StoreOperation.OPEN, 1, Moment.MIDWAY);
        FaultyStore twice =
                new FaultyStore(new FaultyStore(memory, reads), FaultPlan.nth(StoreOperation.PUT, 1, Moment.AFTER));
        assertThat(new RetryingStore(twice, QUICK).putIfAbsent(KEY, content("mine")))
                .isEqualTo(PutResult.CREATED);
        assertThat(reads.struck()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_replacement_that_fails_once_is_made_once(Moment moment) throws IOException {
        memory.putIfAbsent(KEY, content("old"));
        Optional<ObjectVersion> replaced =
                retrying(FaultPlan.nth(StoreOperation.REPLACE, 1, moment)).replace(KEY, content("new"), version());
        assertThat(replaced).contains(version());
        assertThat(stored()).isEqualTo("new");
    }

    @Test
    void a_replacement_whose_version_another_took_is_none() throws IOException {
        memory.putIfAbsent(KEY, content("old"));
        ObjectVersion old = version();
        memory.replace(KEY, content("theirs"), old);
        assertThat(retrying(FaultPlan.nth(StoreOperation.REPLACE, 1, Moment.AFTER))
                        .replace(KEY, content("mine"), old))
                .isEmpty();
        assertThat(stored()).isEqualTo("theirs");
        memory.delete(Set.of(KEY));
        assertThat(retrying(FaultPlan.nth(StoreOperation.REPLACE, 1, Moment.AFTER))
                        .replace(KEY, content("mine"), old))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_deletion_is_repeated(Moment moment) {
        memory.putIfAbsent(KEY, content("1"));
        assertThat(retrying(FaultPlan.nth(1, moment)).delete(Set.of(KEY)).isComplete())
                .isTrue();
        assertThat(memory.stat(KEY)).isEmpty();
    }

    @Test
    void what_stays_unavailable_is_given_up_with_the_number_of_attempts() {
        FaultPlan plan = FaultPlan.nth(1, Moment.BEFORE).lasting(Span.FROM_THEN_ON);
        StorageException failure = catchThrowableOfType(
                StorageException.class, () -> retrying(plan).stat(KEY));
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessage("could not stat a/b at memory:: failed on purpose (gave up after 4 attempts)");
        assertThat(plan.calls()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNAVAILABLE")
    void what_can_not_succeed_later_is_not_repeated(Kind kind) {
        FaultPlan plan = FaultPlan.nth(1, Moment.BEFORE).as(kind).lasting(Span.FROM_THEN_ON);
        StorageException failure = catchThrowableOfType(
                StorageException.class, () -> retrying(plan).putIfAbsent(KEY, content("1")));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.getMessage()).doesNotContain("attempts");
        assertThat(plan.calls()).isEqualTo(1);
    }

    @Test
    void no_attempt_begins_behind_the_time_limit() {
        FaultPlan plan = FaultPlan.nth(1, Moment.BEFORE).lasting(Span.FROM_THEN_ON);
        RetryPolicy policy =
                new RetryPolicy(1_000_000, Duration.ofMillis(200), Duration.ofMillis(20), Duration.ofMillis(40));
        assertThatThrownBy(() -> new RetryingStore(new FaultyStore(memory, plan), policy).stat(KEY))
                .isInstanceOf(StorageException.class);
        assertThat(plan.calls()).isLessThan(20);
    }

    @Test
    void an_interrupted_thread_makes_no_further_attempt() {
        FaultPlan plan = FaultPlan.nth(1, Moment.BEFORE).lasting(Span.FROM_THEN_ON);
        RetryPolicy patient = new RetryPolicy(10, Duration.ofDays(1), Duration.ofHours(1), Duration.ofHours(2));
        Thread.currentThread().interrupt();
        StorageException failure = catchThrowableOfType(
                StorageException.class, () -> new RetryingStore(new FaultyStore(memory, plan), patient).stat(KEY));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.kind()).isEqualTo(Kind.INTERRUPTED);
        assertThat(plan.calls()).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 65_535, 65_536, 65_537, 500_000})
    void a_stream_that_breaks_goes_on_where_it_was(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        memory.putIfAbsent(KEY, Content.of(bytes));
        for (int nth = 1; nth <= 2; nth++) {
            try (InputStream in = retrying(FaultPlan.nth(StoreOperation.OPEN, nth, Moment.MIDWAY))
                    .open(KEY)
                    .orElseThrow()) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void a_range_that_breaks_goes_on_where_it_was() throws IOException {
        byte[] bytes = new byte[400_000];
        new Random(1).nextBytes(bytes);
        memory.putIfAbsent(KEY, Content.of(bytes));
        try (InputStream in = retrying(FaultPlan.nth(StoreOperation.OPEN, 1, Moment.MIDWAY))
                .open(KEY, new ByteRange(1000, 300_000))
                .orElseThrow()) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1000, 301_000));
        }
    }

    @Test
    void a_stream_that_breaks_again_and_again_is_given_up() {
        memory.putIfAbsent(KEY, Content.of(new byte[1 << 20]));
        FaultPlan plan = FaultPlan.nth(StoreOperation.OPEN, 1, Moment.MIDWAY).lasting(Span.EVERY_TIME);
        assertThatThrownBy(() -> {
                    try (InputStream in = retrying(plan).open(KEY).orElseThrow()) {
                        in.readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("connection reset on purpose");
    }

    @Test
    void an_object_that_is_deleted_while_it_is_read_is_a_failure() throws IOException {
        memory.putIfAbsent(KEY, Content.of(new byte[1 << 20]));
        try (InputStream in = retrying(FaultPlan.nth(StoreOperation.OPEN, 1, Moment.MIDWAY))
                .open(KEY)
                .orElseThrow()) {
            memory.delete(Set.of(KEY));
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was deleted while it was being read");
        }
    }

    @Test
    void an_absent_object_is_absent_at_once() {
        FaultPlan plan = FaultPlan.none();
        assertThat(retrying(plan).open(KEY)).isEmpty();
        assertThat(plan.calls()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_listing_that_breaks_goes_on_behind_the_last_object_shown(Moment moment) {
        List<ObjectKey> keys =
                IntStream.range(10, 30).mapToObj(i -> ObjectKey.of("k/" + i)).toList();
        keys.forEach(key -> memory.putIfAbsent(key, content("1")));
        List<ObjectKey> seen = new ArrayList<>();
        retrying(FaultPlan.nth(StoreOperation.LIST, 1, moment)).list("k/", (key, stat) -> {
            seen.add(key);
            return Next.CONTINUE;
        });
        assertThat(seen).isEqualTo(keys);
    }

    @Test
    void a_listing_that_was_stopped_is_not_repeated() {
        memory.putIfAbsent(ObjectKey.of("k/1"), content("1"));
        memory.putIfAbsent(ObjectKey.of("k/2"), content("1"));
        List<ObjectKey> seen = new ArrayList<>();
        retrying(FaultPlan.nth(StoreOperation.LIST, 1, Moment.AFTER)).list("k/", (key, stat) -> {
            seen.add(key);
            return Next.STOP;
        });
        assertThat(seen).hasSize(1);
    }

    @Test
    void a_single_attempt_and_a_time_limit_below_the_longest_wait_are_policies_too() {
        RetryPolicy once = new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofMillis(250), Duration.ofSeconds(15));
        FaultPlan plan = FaultPlan.nth(1, Moment.BEFORE);
        assertThatThrownBy(() -> new RetryingStore(new FaultyStore(memory, plan), once).stat(KEY))
                .hasMessage("could not stat a/b at memory:: failed on purpose");
        assertThat(plan.calls()).isEqualTo(1);
    }

    @Test
    void the_waits_of_a_policy_make_sense() {
        assertThatThrownBy(
                        () -> new RetryPolicy(0, Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(RetryPolicy.standard().attempts()).isGreaterThan(3);
    }
}
