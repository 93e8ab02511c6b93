package org.pgpitr.storage.s3;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStoreContract;
import org.pgpitr.storage.s3.S3StoreSettings.ConditionalWrites;
import org.pgpitr.storage.s3.server.S3Server;
import org.pgpitr.storage.s3.server.S3ServerOptions;
import org.pgpitr.storage.s3.server.S3ServerOptions.Conditions;

/** Against a look-alike that ignores conditions: all but the races. */
class S3StoreWithoutConditionsContractTest extends ObjectStoreContract {
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static S3Server server;

    @BeforeAll
    static void startServer() {
        server = S3Server.start(S3ServerOptions.standard().with(Conditions.IGNORED));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected ObjectStore createStore() {
        return S3Store.open(
                server.settings("test-" + TESTS.incrementAndGet()).withConditionalWrites(ConditionalWrites.NOT_USED));
    }

    /** Between asking and writing another writer may come: the risk that the user takes. */
    @Override
    protected boolean decidesRaces() {
        return false;
    }
}
