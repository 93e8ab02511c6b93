package org.pgpitr.storage.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.TimeMeter;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.memory.MemoryStore;

class ThrottledStoreTest {
    private static final ObjectKey KEY = ObjectKey.of("a");

    /** Its waits pass at once. */
    private static final class SteppedTime implements TimeMeter, BlockingStrategy {
        private long nanos;

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }

        @Override
        public void park(long waited) {
            nanos += waited;
        }

        double seconds() {
            return nanos / 1e9;
        }
    }

    private final SteppedTime time = new SteppedTime();

    private ThrottledStore store(TransferLimits limits) {
        return new ThrottledStore(new MemoryStore(), limits, time, time);
    }

    @Test
    void an_upload_takes_the_time_that_its_bytes_need() {
        ThrottledStore store = store(new TransferLimits(OptionalLong.of(1000), OptionalLong.empty()));
        store.putIfAbsent(KEY, Content.of(new byte[1000]));
        assertThat(time.seconds()).isZero();
        store.putIfAbsent(ObjectKey.of("b"), Content.of(new byte[5000]));
        assertThat(time.seconds()).isBetween(4.9, 5.1);
    }

    @Test
    void a_download_takes_the_time_that_its_bytes_need() throws IOException {
        ThrottledStore store = store(new TransferLimits(OptionalLong.empty(), OptionalLong.of(1000)));
        store.putIfAbsent(KEY, Content.of(new byte[6000]));
        assertThat(time.seconds()).isZero();
        try (InputStream in = store.open(KEY).orElseThrow()) {
            assertThat(in.readAllBytes()).hasSize(6000);
        }
        assertThat(time.seconds()).isBetween(4.9, 5.1);
    }

    @Test
    void an_interrupted_wait_ends_the_call() throws IOException {
        ThrottledStore store =
                new ThrottledStore(new MemoryStore(), new TransferLimits(OptionalLong.of(1), OptionalLong.of(1)));
        Thread.currentThread().interrupt();
        StorageException failure =
                catchThrowableOfType(StorageException.class, () -> store.putIfAbsent(KEY, Content.of(new byte[1000])));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.kind()).isEqualTo(Kind.INTERRUPTED);
    }

    @Test
    void a_limit_is_a_positive_number() {
        assertThatThrownBy(() -> new TransferLimits(OptionalLong.of(0), OptionalLong.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
