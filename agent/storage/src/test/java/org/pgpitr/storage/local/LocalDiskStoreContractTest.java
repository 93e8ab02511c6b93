package org.pgpitr.storage.local;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;

class LocalDiskStoreContractTest extends ObjectStoreContract {
    @TempDir
    Path folder;

    @Override
    protected ObjectStore createStore() {
        return LocalDiskStore.create(folder.resolve("repository"));
    }
}
