package org.pgpitr.storage.s3;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;
import org.pgpitr.storage.s3.server.S3Server;

class S3StoreContractTest extends ObjectStoreContract {
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static S3Server server;

    @BeforeAll
    static void startServer() {
        server = S3Server.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected ObjectStore createStore() {
        return S3Store.open(server.settings("test-" + TESTS.incrementAndGet()));
    }
}
