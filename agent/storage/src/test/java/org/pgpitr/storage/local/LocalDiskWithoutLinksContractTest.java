package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;

/** On a file system without hard links, such as FAT or some network shares. */
class LocalDiskWithoutLinksContractTest extends ObjectStoreContract {
    @TempDir
    Path folder;

    @Override
    protected ObjectStore createStore() throws IOException {
        return new LocalDiskStore(Files.createDirectory(folder.resolve("repository")), new DiskCalls() {
            @Override
            public void link(Path name, Path existing) throws IOException {
                throw new FileSystemException(name.toString(), null, "Operation not permitted");
            }

            @Override
            public void sync(Path synced) throws IOException {
                DiskCalls.SYSTEM.sync(synced);
            }
        });
    }
}
