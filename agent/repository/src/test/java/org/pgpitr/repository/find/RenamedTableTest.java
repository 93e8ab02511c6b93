package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.catalog.CatalogWriter;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

/** A table is found under each name that it ever had when names were captured. */
class RenamedTableTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final RelationLocator TABLE = new RelationLocator(1663, 5, 20_000);
    private static final long OID = 16_500;

    private final Generation generation =
            new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(CLUSTER);
    private Lsn incident;

    @BeforeEach
    void a_delete_and_names_that_changed() {
        WalWriter wal = new WalWriter(
                CLUSTER.major(),
                CLUSTER.segmentSize(),
                CLUSTER.systemIdentifier(),
                WalSegmentName.of(TimelineId.FIRST, 5, CLUSTER.segmentSize()));
        wal.row(RowChange.DELETE, 8, TABLE);
        incident = wal.commit(8, NOON);
        wal.switchSegment();
        new WalArchive(generation)
                .push(WalSegmentName.of(TimelineId.FIRST, 5, CLUSTER.segmentSize()), Content.of(wal.segment(5)));
        Lsn before = CLUSTER.segmentSize().start(4);
        capture(before, TABLE.relation(), "customers");
        for (int i = 0; i < 5; i++) {
            capture(CLUSTER.segmentSize().start(20 + i), TABLE.relation(), "customers_" + i);
        }
        // rewritten since: its file is another one
        capture(CLUSTER.segmentSize().start(30), 20_100, "clients");
        capture(CLUSTER.segmentSize().start(31), 20_200, "clients_of_today");
    }

    private void capture(Lsn lsn, long file, String name) {
        try (CatalogWriter writer = new CatalogWriter(lsn)) {
            writer.relation(new CatalogRelation(5, file, OID, 0, 'r', "public", name));
            writer.storeIfNew(generation, TimelineId.FIRST);
        }
    }

    private SearchResult find(String table) {
        SearchFilter filter = new SearchFilter(
                Optional.of(TableName.parse(table)),
                OptionalLong.empty(),
                Set.of(),
                OptionalLong.empty(),
                OptionalLong.empty());
        return WholeSearch.find(generation, NOON, filter, Optional.empty());
    }

    @Test
    void by_a_name_that_it_had_then_before_or_long_after() {
        for (String name : new String[] {"public.customers", "customers_3", "public.clients", "clients_of_today"}) {
            SearchResult result = find(name);
            assertThat(result.events())
                    .as(name)
                    .singleElement()
                    .satisfies(event -> assertThat(event.lsn()).isEqualTo(incident));
            assertThat(result.notes()).noneMatch(note -> note.contains("was known when names were captured"));
        }
    }

    @Test
    void by_no_name_that_nobody_captured() {
        SearchResult result = find("public.orders");
        assertThat(result.events()).isEmpty();
        assertThat(result.notes()).anyMatch(note -> note.contains("was known when names were captured"));
    }
}
