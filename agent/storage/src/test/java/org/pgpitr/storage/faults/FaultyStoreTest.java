package org.pgpitr.storage.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultPlan.Span;
import org.pgpitr.storage.memory.MemoryStore;

class FaultyStoreTest {
    private static final ObjectKey A = ObjectKey.of("a");
    private static final ObjectKey B = ObjectKey.of("b");

    private final MemoryStore memory = new MemoryStore();

    private static Content content() {
        return Content.of(new byte[10]);
    }

    private static StorageException failure(Runnable call) {
        StorageException failure = catchThrowableOfType(StorageException.class, call::run);
        assertThat(failure).isNotNull();
        return failure;
    }

    @Test
    void a_fault_before_has_no_effect_and_one_after_has() {
        FaultyStore before = new FaultyStore(memory, FaultPlan.nth(1, Moment.BEFORE));
        assertThat(failure(() -> before.putIfAbsent(A, content())).isRetryable())
                .isTrue();
        assertThat(memory.stat(A)).isEmpty();
        FaultyStore after = new FaultyStore(memory, FaultPlan.nth(1, Moment.AFTER));
        failure(() -> after.putIfAbsent(A, content()));
        assertThat(memory.stat(A)).isPresent();
    }

    @Test
    void only_the_nth_call_fails() {
        FaultPlan plan = FaultPlan.nth(StoreOperation.PUT, 2, Moment.BEFORE).as(Kind.FULL);
        FaultyStore store = new FaultyStore(memory, plan);
        store.putIfAbsent(A, content());
        store.stat(A);
        assertThat(plan.struck()).isFalse();
        assertThat(failure(() -> store.putIfAbsent(B, content())).kind()).isEqualTo(Kind.FULL);
        assertThat(plan.struck()).isTrue();
        store.putIfAbsent(B, content());
        assertThat(plan.calls()).isEqualTo(3);
    }

    @Test
    void from_then_on_nothing_works_any_more() {
        FaultyStore store =
                new FaultyStore(memory, FaultPlan.nth(2, Moment.AFTER).lasting(Span.FROM_THEN_ON));
        store.putIfAbsent(A, content());
        failure(() -> store.delete(Set.of(A)));
        assertThat(memory.stat(A)).isEmpty();
        failure(() -> store.putIfAbsent(B, content()));
        failure(() -> store.stat(B));
        assertThat(memory.stat(B)).isEmpty();
    }

    @Test
    void midway_breaks_streams_listings_and_deletions_in_their_middle() throws IOException {
        memory.putIfAbsent(A, content());
        memory.putIfAbsent(B, content());
        FaultyStore reading = new FaultyStore(memory, FaultPlan.nth(1, Moment.MIDWAY));
        try (InputStream in = reading.open(A).orElseThrow()) {
            assertThat(in.readNBytes(5)).hasSize(5);
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }
        FaultyStore listing = new FaultyStore(memory, FaultPlan.nth(1, Moment.MIDWAY));
        List<ObjectKey> seen = new ArrayList<>();
        failure(() -> listing.list("", (key, stat) -> {
            seen.add(key);
            return Next.CONTINUE;
        }));
        assertThat(seen).containsExactly(A);
        FaultyStore deleting = new FaultyStore(memory, FaultPlan.nth(1, Moment.MIDWAY));
        failure(() -> deleting.delete(List.of(A, B)));
        assertThat(memory.stat(A)).isEmpty();
        assertThat(memory.stat(B)).isPresent();
    }
}
