package org.pgpitr.repository.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

@Timeout(120)
class CatalogFuzzTest {
    private static final String BACKUP = "20261121T000000Z";

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = new Repository(store, new ClusterName("main"), Keys.none(), 3)
            .create(WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE));
    private final ObjectKey key = generation.layout().catalog(BACKUP);

    private byte[] lines() throws IOException {
        try (CatalogWriter writer = new CatalogWriter(Lsn.parse("0/5000028"))) {
            writer.database(5, "postgres");
            writer.schema(5, 2200, "public");
            writer.relation(new CatalogRelation(5, 16390, 16387, 0, 'r', "public", "orders"));
            writer.relation(new CatalogRelation(5, 16391, 16391, 16387, 't', "pg_toast", "pg_toast_16387"));
            writer.unread("other", "permission denied");
            writer.storeWith(generation, BACKUP);
        }
        try (InputStream in = generation.codec().decode(key, store.open(key).orElseThrow())) {
            return in.readAllBytes();
        }
    }

    @Test
    void damaged_names_are_read_or_said_to_be_damaged() throws IOException {
        Fuzzing.of("captured names", lines()).cases(10_000).atMost(1 << 20, 64).run(bytes -> {
            store.delete(Set.of(key));
            try (Encoded encoded = generation.codec().encode(Content.of(bytes))) {
                store.putIfAbsent(key, encoded.content());
            }
            try {
                assertThat(CatalogReader.read(generation, BACKUP)).isPresent();
            } catch (PgpitrException e) {
                assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
            }
        });
    }
}
