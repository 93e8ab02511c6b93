package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.find.RelationEffect.Fate;

class RankingTest {
    private static RelationEffect effect(Fate fate, char kind, long updated, long deleted) {
        return new RelationEffect(
                fate,
                "shop",
                Optional.of(new CatalogRelation(5, 16390, 16387, 0, kind, "public", "orders")),
                new RelationLocator(1663, 5, 16390),
                new RowCounts(0, updated, deleted));
    }

    private static FoundEvent.Commit commit(long xid, List<DatabaseEffect> databases, RelationEffect... relations) {
        return new FoundEvent.Commit(
                xid,
                Instant.parse("2026-11-20T12:00:00Z").plusSeconds(xid),
                new Lsn(xid * 100),
                new Lsn(xid * 100 + 40),
                new Lsn(xid * 100 - 60),
                Optional.empty(),
                FoundEvent.Commit.Reading.WHOLE,
                databases,
                List.of(relations),
                FoundEvent.Commit.Totals.of(List.of(relations)));
    }

    @Test
    void losses_come_first_then_most_rows_then_the_rest() {
        Ranking ranking = new Ranking(5);
        ranking.add(commit(1, List.of(), effect(Fate.CHANGED, 'r', 0, 3)));
        ranking.add(commit(2, List.of(), effect(Fate.CHANGED, 'r', 1000, 0)));
        ranking.add(commit(3, List.of(), effect(Fate.REWRITTEN, 'r', 0, 0)));
        ranking.add(commit(4, List.of(), effect(Fate.DROPPED, 'i', 0, 0)));
        ranking.add(commit(5, List.of(), effect(Fate.TRUNCATED, 'r', 0, 0)));
        ranking.add(commit(6, List.of(new DatabaseEffect(DatabaseEffect.Fate.DROPPED, 5, "shop"))));
        ranking.add(commit(7, List.of(), effect(Fate.CREATED, 'r', 0, 0)));

        assertThat(ranking.worstFirst())
                .extracting(event -> ((FoundEvent.Commit) event).xid())
                .containsExactly(6L, 5L, 2L, 1L, 3L);
        assertThat(ranking.count()).isEqualTo(7);
    }

    @Test
    void the_target_before_a_commit_excludes_where_it_begins_to_destroy_and_the_one_after_includes_its_record() {
        FoundEvent.Commit commit = commit(7, List.of());

        assertThat(commit.before()).isEqualTo(new RecoveryTarget.AtLsn(new Lsn(640), Bound.EXCLUSIVE));
        assertThat(commit.after()).isEqualTo(new RecoveryTarget.AtLsn(new Lsn(700), Bound.INCLUSIVE));
    }

    @Test
    void a_restore_point_is_reached_by_its_position_since_others_may_have_its_name() {
        FoundEvent.Named second = new FoundEvent.Named(
                new RestorePoint("alive", new Lsn(900), Instant.parse("2026-11-20T12:00:00Z")), new Lsn(800));

        assertThat(second.before()).isEqualTo(new RecoveryTarget.AtLsn(new Lsn(800), Bound.EXCLUSIVE));
        assertThat(second.after()).isEqualTo(new RecoveryTarget.AtLsn(new Lsn(800), Bound.INCLUSIVE));
    }
}
