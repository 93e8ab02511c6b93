package org.pgpitr.storage.retry;

import java.time.Duration;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;
import org.pgpitr.storage.memory.MemoryStore;

class RetryingStoreContractTest extends ObjectStoreContract {
    @Override
    protected ObjectStore createStore() {
        return new RetryingStore(
                new MemoryStore(),
                new RetryPolicy(3, Duration.ofSeconds(10), Duration.ofMillis(1), Duration.ofMillis(2)));
    }
}
