package org.pgpitr.storage.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;
import org.pgpitr.storage.memory.MemoryStore;

class MeteredStoreContractTest extends ObjectStoreContract {
    @Override
    protected ObjectStore createStore() {
        return new MeteredStore(new MemoryStore(), new SimpleMeterRegistry(), "main");
    }
}
