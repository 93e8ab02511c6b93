package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.repository.find.RelationEffect.Fate;

class CommitReadingTest {
    private static final long DATABASE = 5;
    private static final RelationLocator ORDERS = file(20_000);
    private static final RelationLocator EMPTIED = file(20_100);
    private static final RelationLocator MADE = file(20_101);

    private final Names names = new Names(List.of(), (database, relation) -> {});
    private final Changes changes = new Changes();

    private static RelationLocator file(long number) {
        return new RelationLocator(1663, DATABASE, number);
    }

    @BeforeEach
    void a_table_that_is_known() {
        names.learn(DATABASE, ORDERS.relation(), 16_500, 'r', 2200, "orders");
    }

    private void insertRow(RelationLocator file) {
        names.learn(DATABASE, file.relation(), 16_600, 'r', 2200, "made");
        changes.step(new StorageStep(new Lsn(1), StorageStep.Kind.INSERTED, file.relation(), 0xFFFF_FFFFL));
    }

    private void updateRow(RelationLocator file) {
        changes.step(new StorageStep(new Lsn(1), StorageStep.Kind.UPDATED, file.relation(), 0xFFFF_FFFFL));
    }

    private Map<String, Fate> fates(RelationLocator... dropped) {
        TransactionRecord end = new TransactionRecord(
                TransactionRecord.Kind.COMMIT,
                700,
                Instant.parse("2026-11-20T12:00:00Z"),
                List.of(),
                List.of(dropped),
                Optional.empty());
        return new CommitReading(names)
                .read(end, changes, new Lsn(100), new Lsn(140)).relations().stream()
                        .collect(Collectors.toMap(RelationEffect::name, RelationEffect::fate));
    }

    @Test
    void a_table_that_is_made_beside_a_truncated_one_keeps_its_own_name() {
        changes.create(MADE);
        insertRow(MADE);
        changes.create(EMPTIED);

        assertThat(fates(ORDERS)).isEqualTo(Map.of("public.orders", Fate.TRUNCATED, "public.made", Fate.CREATED));
        assertThat(names.find(EMPTIED).orElseThrow().name()).isEqualTo("orders");
        assertThat(names.find(MADE).orElseThrow().name()).isEqualTo("made");
    }

    @Test
    void a_table_made_beside_does_not_take_the_name_of_one_whose_new_file_is_not_told() {
        changes.create(MADE);
        insertRow(MADE);

        assertThat(fates(ORDERS)).isEqualTo(Map.of("public.orders", Fate.TRUNCATED, "public.made", Fate.CREATED));
        assertThat(names.find(MADE).orElseThrow().name()).isEqualTo("made");
    }

    @Test
    void no_table_is_dropped_while_its_row_stays() {
        updateRow(EMPTIED);

        assertThat(fates(ORDERS)).isEqualTo(Map.of("public.orders", Fate.TRUNCATED));
    }

    @Test
    void where_nothing_was_seen_of_the_rows_they_may_be_gone() {
        assertThat(fates(ORDERS)).isEqualTo(Map.of("public.orders", Fate.DROPPED));
    }

    @Test
    void where_not_all_was_read_the_row_may_be_gone() {
        updateRow(EMPTIED);
        changes.mayBePartial = true;

        assertThat(fates(ORDERS)).isEqualTo(Map.of("public.orders", Fate.DROPPED));
    }

    @Test
    void a_table_that_moves_to_another_tablespace_loses_nothing() {
        changes.create(new RelationLocator(16_400, DATABASE, 20_100));

        assertThat(fates(ORDERS)).isEqualTo(Map.of("public.orders", Fate.REWRITTEN));
    }

    @Test
    void one_that_is_emptied_and_then_moves_has_lost_its_rows() {
        changes.create(EMPTIED);
        changes.create(new RelationLocator(16_400, DATABASE, 20_101));

        assertThat(fates(EMPTIED, ORDERS)).isEqualTo(Map.of("public.orders", Fate.TRUNCATED));
    }
}
