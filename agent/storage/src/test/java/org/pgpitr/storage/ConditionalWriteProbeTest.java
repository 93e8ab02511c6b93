package org.pgpitr.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.memory.MemoryStore;

/** What stores that don't honour conditions give is tried with S3, where there are such. */
class ConditionalWriteProbeTest {
    @Test
    void any_failure_of_the_store_is_the_probes_own() {
        long calls = countCalls();
        for (long n = 1; n <= calls; n++) {
            FaultPlan plan = FaultPlan.nth(n, Moment.BEFORE).as(Kind.ACCESS_DENIED);
            FaultyStore store = new FaultyStore(new MemoryStore(), plan);
            StorageException failure = catchThrowableOfType(
                    StorageException.class, () -> ConditionalWriteProbe.run(store, ObjectKey.of("probe")));
            assertThat(failure).as("call %d", n).isNotNull();
            assertThat(failure.kind()).isEqualTo(Kind.ACCESS_DENIED);
        }
    }

    private static long countCalls() {
        FaultPlan plan = FaultPlan.none();
        ConditionalWriteProbe.run(new FaultyStore(new MemoryStore(), plan), ObjectKey.of("probe"));
        return plan.calls();
    }
}
