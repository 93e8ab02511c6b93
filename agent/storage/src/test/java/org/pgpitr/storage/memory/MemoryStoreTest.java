package org.pgpitr.storage.memory;

import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;

class MemoryStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore createStore() {
        return new MemoryStore();
    }
}
