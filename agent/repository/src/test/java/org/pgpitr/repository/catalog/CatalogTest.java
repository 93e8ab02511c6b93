package org.pgpitr.repository.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.memory.MemoryStore;

class CatalogTest {
    private static final String BACKUP = "20261121T000000Z";
    private static final Lsn LSN = Lsn.parse("0/5000028");
    private static final CatalogRelation ORDERS = new CatalogRelation(5, 16390, 16387, 0, 'r', "public", "orders");
    private static final CatalogRelation TOAST =
            new CatalogRelation(5, 16391, 16391, 16387, 't', "pg_toast", "pg_toast_16387");

    private final MemoryStore store = new MemoryStore();

    private Generation generation(Encryption encryption) {
        AgeIdentity own = AgeIdentity.generate();
        ClusterIdentity identity = new ClusterIdentity(
                1,
                1,
                new SystemIdentifier(1),
                new PostgresMajor(17),
                WalSegmentSize.DEFAULT,
                encryption,
                Instant.parse("2026-11-20T00:00:00Z"));
        Keys keys = encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(own.recipient()), List.of(own));
        return new Generation(
                store,
                RepositoryLayout.of(new ClusterName("main"), identity),
                identity,
                new Codec(encryption, keys, 3));
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void what_is_stored_is_read_back(Encryption encryption) {
        Generation generation = generation(encryption);
        try (CatalogWriter writer = new CatalogWriter(LSN)) {
            writer.database(5, "shop");
            writer.schema(5, 2200, "public");
            writer.relation(ORDERS);
            writer.relation(TOAST);
            writer.database(1, "template0");
            writer.unread("template0", "it takes no connections");
            assertThat(writer.relations()).isEqualTo(2);
            writer.storeWith(generation, BACKUP);
        }

        CapturedRelations read = CatalogReader.read(generation, BACKUP).orElseThrow();

        assertThat(read.lsn()).isEqualTo(LSN);
        assertThat(read.size()).isEqualTo(2);
        assertThat(read.find(5, 16390)).contains(ORDERS);
        assertThat(read.find(5, 16391)).contains(TOAST);
        assertThat(read.find(6, 16390)).isEmpty();
        assertThat(read.schema(5, 2200)).contains("public");
        assertThat(read.databases()).containsEntry(5L, "shop");
        assertThat(read.unread()).containsOnlyKeys("template0");
    }

    @Test
    void a_backup_without_names_has_none() {
        assertThat(CatalogReader.read(generation(Encryption.NONE), BACKUP)).isEmpty();
    }

    @Test
    void names_are_stored_once() {
        Generation generation = generation(Encryption.NONE);
        try (CatalogWriter first = new CatalogWriter(LSN);
                CatalogWriter second = new CatalogWriter(LSN)) {
            first.storeWith(generation, BACKUP);

            assertThatThrownBy(() -> second.storeWith(generation, BACKUP))
                    .isInstanceOfSatisfying(
                            PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
        }
    }

    private static CatalogWriter.Stored capture(
            Generation generation, int timeline, String lsn, CatalogRelation... all) {
        try (CatalogWriter writer = new CatalogWriter(Lsn.parse(lsn))) {
            writer.database(5, "shop");
            List.of(all).forEach(writer::relation);
            return writer.storeIfNew(generation, new TimelineId(timeline));
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void names_between_backups_are_stored_when_they_changed(Encryption encryption) {
        Generation generation = generation(encryption);
        CapturedCatalogs captured = new CapturedCatalogs(generation);
        assertThat(captured.newest(TimelineId.FIRST)).isEmpty();

        assertThat(capture(generation, 1, "0/5000000", ORDERS)).isEqualTo(CatalogWriter.Stored.NEW);
        assertThat(capture(generation, 1, "0/6000000", ORDERS)).isEqualTo(CatalogWriter.Stored.UNCHANGED);
        assertThat(capture(generation, 1, "0/7000000", ORDERS, TOAST)).isEqualTo(CatalogWriter.Stored.NEW);
        assertThat(capture(generation, 1, "1/0", ORDERS)).isEqualTo(CatalogWriter.Stored.NEW);
        assertThat(capture(generation, 2, "0/8000000", ORDERS)).isEqualTo(CatalogWriter.Stored.NEW);

        assertThat(captured.list())
                .extracting(names -> names.timeline() + " " + names.lsn())
                .containsExactly("1 0/5000000", "1 0/7000000", "1 1/0", "2 0/8000000");
        CapturedRelations second = captured.read(captured.list().get(1)).orElseThrow();
        assertThat(second.lsn()).isEqualTo(Lsn.parse("0/7000000"));
        assertThat(second.find(5, 16391)).contains(TOAST);
        assertThat(captured.read(captured.list().get(0)).orElseThrow().find(5, 16391))
                .isEmpty();
    }

    @Test
    void damage_is_said_to_be_damage() {
        Generation generation = generation(Encryption.NONE);
        store.putIfAbsent(generation.layout().catalog(BACKUP), Content.of(new byte[] {1, 2, 3}));

        assertThatThrownBy(() -> CatalogReader.read(generation, BACKUP))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT));
    }

    @Test
    void relations_in_any_order_are_found() {
        long seed = Long.getLong("pgpitr.seed", 20261129L);
        Random random = new Random(seed);
        List<CatalogRelation> all = new ArrayList<>();
        CapturedRelations.Builder builder = CapturedRelations.builder(LSN);
        for (int i = 0; i < 3000; i++) {
            long file = random.nextInt() & 0xFFFF_FFFFL;
            CatalogRelation relation = new CatalogRelation(random.nextInt(3), file, i, 0, 'r', "s" + i % 7, "name" + i);
            if (all.stream().noneMatch(other -> other.file() == file)) {
                all.add(relation);
                builder.relation(relation);
            }
        }

        CapturedRelations captured = builder.build();

        assertThat(captured.size()).as("seed %s", seed).isEqualTo(all.size());
        all.forEach(relation -> assertThat(captured.find(relation.database(), relation.file()))
                .as("seed %s", seed)
                .contains(relation));
    }
}
