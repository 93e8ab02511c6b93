package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.catalog.CatalogWriter;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

class FittingNamesTest {
    private final MemoryStore store = new MemoryStore();
    private final FactsBuilder facts = new FactsBuilder();
    private final SearchNotes notes = new SearchNotes(FactsBuilder.SIZE);
    private Generation generation;

    @BeforeEach
    void names_are_captured() {
        generation = new Repository(store, new ClusterName("main"), Keys.none(), 1)
                .create(WalFiles.cluster(1, new SystemIdentifier(4711), Encryption.NONE));
        facts.backup("2026-11-01T00:00:00Z", 1, "0/100028", "0/100100");
        try (CatalogWriter writer = writer("0/100100", 100, "with the backup")) {
            writer.storeWith(generation, "20261101T000000Z");
        }
        capture(1, "0/200000", 100, "before");
        capture(1, "0/400000", 101, "behind");
        capture(1, "0/500000", 102, "later");
        capture(1, "0/600000", 103, "much later");
        capture(1, "0/900000", 104, "at the end");
        capture(2, "0/300000", 100, "on a branch");
    }

    private static CatalogWriter writer(String lsn, long file, String name) {
        CatalogWriter writer = new CatalogWriter(Lsn.parse(lsn));
        writer.relation(new CatalogRelation(5, file, 16385, 0, 'r', "public", name));
        return writer;
    }

    private void capture(int timeline, String lsn, long file, String name) {
        try (CatalogWriter writer = writer(lsn, file, name)) {
            writer.storeIfNew(generation, new TimelineId(timeline));
        }
    }

    private List<CapturedRelations> around(int timeline, String begin, String end) {
        return new FittingNames(generation, facts.build(), notes)
                .around(new TimelineId(timeline), Lsn.parse(begin), Lsn.parse(end));
    }

    private static List<String> positions(List<CapturedRelations> captured) {
        return captured.stream().map(each -> each.lsn().toString()).toList();
    }

    @Test
    void the_newest_before_comes_first_then_the_next_ones_then_an_older_one_then_the_first_behind_the_end() {
        assertThat(positions(around(1, "0/300000", "0/700000")))
                .containsExactly("0/200000", "0/400000", "0/500000", "0/100100", "0/900000");
    }

    @Test
    void a_relation_that_came_and_went_is_named_by_what_was_captured_meanwhile() {
        Names names = new Names(around(1, "0/300000", "0/700000"), (database, relation) -> {});

        assertThat(names.find(new RelationLocator(1663, 5, 101)).orElseThrow().name())
                .isEqualTo("behind");
        assertThat(names.find(new RelationLocator(1663, 5, 100)).orElseThrow().name())
                .isEqualTo("before");
    }

    @Test
    void a_name_that_fits_nothing_near_is_looked_for_in_all_the_rest_once_each_and_the_newest_first() {
        FittingNames fitting = new FittingNames(generation, facts.build(), notes);
        List<CapturedRelations> near = fitting.around(TimelineId.FIRST, Lsn.parse("0/300000"), Lsn.parse("0/300000"));
        assertThat(positions(near)).containsExactly("0/200000", "0/400000", "0/500000", "0/100100", "0/600000");

        List<CapturedRelations> shown = new ArrayList<>();
        fitting.elsewhere(TimelineId.FIRST, shown::add);
        assertThat(positions(shown)).containsExactly("0/900000");
        fitting.elsewhere(TimelineId.FIRST, shown::add);
        assertThat(shown).as("each is read once").hasSize(1);
    }

    @Test
    void what_was_captured_on_a_branch_names_the_branch_alone() {
        facts.history(2, "1\t0/280000\tno recovery target specified");

        assertThat(positions(around(2, "0/300000", "0/700000"))).containsExactly("0/300000", "0/200000");
        assertThat(positions(around(1, "0/200000", "0/210000"))).doesNotContain("0/300000");
    }

    @Test
    void damaged_names_are_told_and_older_ones_taken() {
        ObjectKey damaged = ObjectKey.of("main/1/catalog/00000001/0000000000280000." + "a".repeat(64) + ".zst");
        store.putIfAbsent(damaged, Content.of(new byte[] {1, 2, 3}));

        assertThat(positions(around(1, "0/300000", "0/700000")))
                .containsExactly("0/200000", "0/400000", "0/500000", "0/100100", "0/900000");
        assertThat(notes.all()).singleElement().asString().contains(damaged.value());
    }
}
