package org.pgpitr.storage.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

class MeteredStoreTest {
    private static final ObjectKey KEY = ObjectKey.of("a");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private long calls(String operation, String outcome) {
        return registry.get(StoreMetrics.CALLS)
                .tags("operation", operation, "outcome", outcome, "repository", "main")
                .timer()
                .count();
    }

    private double bytes(String counter) {
        return registry.get(counter).counter().count();
    }

    private double failures(String operation) {
        return registry.get(StoreMetrics.FAILURES)
                .tags("operation", operation, "repository", "main")
                .counter()
                .count();
    }

    @Test
    void calls_are_counted_by_operation_and_outcome_and_bytes_by_direction() throws IOException {
        MeteredStore store = new MeteredStore(new MemoryStore(), registry, "main");
        store.stat(KEY);
        store.putIfAbsent(KEY, Content.of(new byte[10]));
        store.putIfAbsent(KEY, Content.of(new byte[10]));
        ObjectVersion version = store.stat(KEY).orElseThrow().version();
        store.replace(KEY, Content.of(new byte[5]), version);
        store.replace(KEY, Content.of(new byte[5]), version);
        try (InputStream in = store.open(KEY).orElseThrow()) {
            in.readAllBytes();
        }
        store.list("", (key, stat) -> Next.CONTINUE);
        store.delete(Set.of(KEY));
        assertThat(calls("stat", "absent")).isEqualTo(1);
        assertThat(calls("stat", "found")).isEqualTo(1);
        assertThat(calls("put", "created")).isEqualTo(1);
        assertThat(calls("put", "exists")).isEqualTo(1);
        assertThat(calls("replace", "replaced")).isEqualTo(1);
        assertThat(calls("replace", "stale")).isEqualTo(1);
        assertThat(calls("open", "found")).isEqualTo(1);
        assertThat(calls("list", "done")).isEqualTo(1);
        assertThat(calls("delete", "done")).isEqualTo(1);
        assertThat(bytes(StoreMetrics.UPLOADED)).isEqualTo(15);
        assertThat(bytes(StoreMetrics.DOWNLOADED)).isEqualTo(5);
        assertThat(failures("read")).isZero();
    }

    @Test
    void failures_are_counted_by_kind() {
        MeteredStore store =
                new MeteredStore(new FaultyStore(new MemoryStore(), FaultPlan.nth(1, Moment.BEFORE)), registry, "main");
        assertThatThrownBy(() -> store.stat(KEY)).isInstanceOf(StorageException.class);
        assertThat(calls("stat", "unavailable")).isEqualTo(1);
        assertThat(failures("stat")).isEqualTo(1);
        assertThat(failures("put")).isZero();
    }

    @Test
    void broken_streams_are_counted() throws IOException {
        MeteredStore store = new MeteredStore(
                new FaultyStore(new MemoryStore(), FaultPlan.nth(StoreOperation.OPEN, 1, Moment.MIDWAY)),
                registry,
                "main");
        store.putIfAbsent(KEY, Content.of(new byte[10]));
        try (InputStream in = store.open(KEY).orElseThrow()) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
        assertThat(failures("read")).isEqualTo(1);
        assertThat(bytes(StoreMetrics.DOWNLOADED)).isEqualTo(5);
    }
}
