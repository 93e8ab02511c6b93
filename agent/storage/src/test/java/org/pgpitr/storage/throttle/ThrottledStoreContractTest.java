package org.pgpitr.storage.throttle;

import java.util.OptionalLong;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;
import org.pgpitr.storage.memory.MemoryStore;

class ThrottledStoreContractTest extends ObjectStoreContract {
    @Override
    protected ObjectStore createStore() {
        return new ThrottledStore(
                new MemoryStore(), new TransferLimits(OptionalLong.of(999_999_999), OptionalLong.of(999_999_999)));
    }
}
