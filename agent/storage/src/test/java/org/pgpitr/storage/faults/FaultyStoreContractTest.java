package org.pgpitr.storage.faults;

import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;
import org.pgpitr.storage.memory.MemoryStore;

/** With no fault planned. */
class FaultyStoreContractTest extends ObjectStoreContract {
    @Override
    protected ObjectStore createStore() {
        return new FaultyStore(new MemoryStore(), FaultPlan.none());
    }
}
