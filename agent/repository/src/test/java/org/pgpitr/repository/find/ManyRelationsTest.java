package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pgpitr.repository.find.FoundEvent.Commit.MOST_RELATIONS;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.find.RelationEffect.Fate;
import org.pgpitr.repository.find.SearchFilter.Kind;

/** A commit that touches more relations than are told is judged by all of them. */
class ManyRelationsTest {
    private static final int RELATIONS = MOST_RELATIONS + 100;
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private static FoundEvent.Commit commit(long xid, Fate fate, int relations, RowCounts each) {
        List<RelationEffect> effects = new ArrayList<>();
        for (int i = 0; i < relations; i++) {
            effects.add(new RelationEffect(
                    fate,
                    "shop",
                    Optional.of(new CatalogRelation(5, 20_000 + i, 20_000 + i, 0, 'r', "public", "part_" + i)),
                    new RelationLocator(1663, 5, 20_000 + i),
                    each));
        }
        return new FoundEvent.Commit(
                xid,
                NOON,
                new Lsn(xid * 100),
                new Lsn(xid * 100 + 40),
                new Lsn(xid * 100),
                Optional.empty(),
                FoundEvent.Commit.Reading.WHOLE,
                List.of(),
                effects,
                FoundEvent.Commit.Totals.of(effects));
    }

    private static List<FoundEvent> sift(SearchFilter filter, FoundEvent.Commit... commits) {
        Sieve sieve = new Sieve(
                new SearchRequest(WholeSearch.ALL, filter, 10, Optional.empty()),
                List.of(),
                isEnough -> {},
                new SearchNotes(new WalSegmentSize(1 << 20)));
        for (FoundEvent.Commit commit : commits) {
            sieve.committed(
                    new TransactionRecord(
                            TransactionRecord.Kind.COMMIT,
                            commit.xid(),
                            commit.time(),
                            List.of(),
                            List.of(),
                            Optional.empty()),
                    commit);
        }
        return sieve.events();
    }

    private static SearchFilter table(String name) {
        return new SearchFilter(
                Optional.of(TableName.parse(name)),
                OptionalLong.empty(),
                Set.of(Kind.LOSSES),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    @Test
    void a_table_is_found_and_told_wherever_it_stands_among_those_that_were_dropped() {
        FoundEvent.Commit drop = commit(7, Fate.DROPPED, RELATIONS, RowCounts.NONE);

        List<FoundEvent> found = sift(table("public.part_" + (RELATIONS - 1)), drop);

        assertThat(found).singleElement().isInstanceOfSatisfying(FoundEvent.Commit.class, told -> {
            assertThat(told.relations()).hasSize(MOST_RELATIONS);
            assertThat(told.relations().get(0).name()).isEqualTo("public.part_" + (RELATIONS - 1));
            assertThat(told.moreRelations()).isEqualTo(RELATIONS - MOST_RELATIONS);
        });
        assertThat(sift(table("public.part_" + RELATIONS), drop)).isEmpty();
    }

    @Test
    void the_rows_of_all_count() {
        FoundEvent.Commit delete = commit(7, Fate.CHANGED, RELATIONS, new RowCounts(0, 0, 1));
        SearchFilter over = new SearchFilter(
                Optional.empty(), OptionalLong.empty(), Set.of(), OptionalLong.of(RELATIONS - 1), OptionalLong.empty());

        assertThat(sift(over, delete)).hasSize(1);
        assertThat(sift(over, commit(8, Fate.CHANGED, RELATIONS - 1, new RowCounts(0, 0, 1))))
                .isEmpty();
    }

    @Test
    void they_are_ranked_by_all_that_was_lost_or_changed() {
        assertThat(sift(
                        SearchFilter.ALL,
                        commit(1, Fate.CHANGED, 1, new RowCounts(0, 0, MOST_RELATIONS + 50)),
                        commit(2, Fate.CHANGED, RELATIONS, new RowCounts(0, 0, 1)),
                        commit(3, Fate.DROPPED, MOST_RELATIONS + 1, RowCounts.NONE),
                        commit(4, Fate.DROPPED, RELATIONS, RowCounts.NONE)))
                .extracting(event -> ((FoundEvent.Commit) event).xid())
                .containsExactly(4L, 3L, 2L, 1L);
    }
}
