package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.wal.RelationLocator;

class SuccessorsTest {
    private static final long ALL = 0xFFFF_FFFFL;

    private final List<StorageStep> steps = new ArrayList<>();
    private final List<RelationLocator> dropped = new ArrayList<>();
    private final List<RelationLocator> created = new ArrayList<>();
    private int lsn;

    private static RelationLocator file(long number) {
        return new RelationLocator(1663, 5, number);
    }

    private Lsn next() {
        return new Lsn(++lsn);
    }

    private void drop(long file) {
        dropped.add(file(file));
        steps.add(StorageStep.deleted(next()));
    }

    private void dropView() {
        steps.add(StorageStep.deleted(next()));
    }

    private void truncate(long file, long to) {
        dropped.add(file(file));
        created.add(file(to));
        steps.add(new StorageStep(next(), StorageStep.Kind.UPDATED, to, ALL));
    }

    private Map<RelationLocator, RelationLocator> successors() {
        return Successors.of(dropped, created, steps);
    }

    @Test
    void rows_and_files_go_in_the_same_order() {
        drop(20_001);
        truncate(20_002, 20_010);
        drop(20_003);
        truncate(20_004, 20_011);

        assertThat(successors()).isEqualTo(Map.of(file(20_002), file(20_010), file(20_004), file(20_011)));
    }

    @Test
    void a_new_relation_and_updates_of_rows_without_a_new_file_take_nobodys_place() {
        created.add(file(20_012));
        steps.add(new StorageStep(next(), StorageStep.Kind.INSERTED, 20_012, ALL));
        steps.add(new StorageStep(next(), StorageStep.Kind.UPDATED, 20_012, ALL));
        drop(20_001);
        steps.add(new StorageStep(next(), StorageStep.Kind.UPDATED, 20_002, ALL));
        truncate(20_002, 20_010);

        assertThat(successors()).isEqualTo(Map.of(file(20_002), file(20_010)));
    }

    /** Such as 24,321 after 20,225, whose last byte is the same. */
    @Test
    void a_file_is_known_by_the_bytes_that_differ() {
        drop(20_001);
        dropped.add(file(0x4F01));
        created.add(file(0x5F02));
        created.add(file(0x5F01));
        steps.add(new StorageStep(next(), StorageStep.Kind.UPDATED, 0x5F02, ALL));
        steps.add(new StorageStep(next(), StorageStep.Kind.UPDATED, 0x5F00, 0xFFFF_FF00L));
        dropped.add(1, file(0x4F09));

        assertThat(successors()).isEqualTo(Map.of(file(0x4F09), file(0x5F02), file(0x4F01), file(0x5F01)));
    }

    @Test
    void a_view_between_them_leaves_open_whose_file_it_is() {
        dropView();
        truncate(20_002, 20_010);
        drop(20_001);

        assertThat(successors()).isEmpty();

        steps.clear();
        dropped.clear();
        created.clear();
        dropView();
        drop(20_001);
        truncate(20_002, 20_010);

        assertThat(successors()).isEqualTo(Map.of(file(20_002), file(20_010)));
    }

    @Test
    void what_is_told_is_right_whatever_else_goes() {
        long seed = Long.getLong("pgpitr.seed", 20261129L);
        Random random = new Random(seed);
        int told = 0;
        for (int round = 0; round < 2000; round++) {
            steps.clear();
            dropped.clear();
            created.clear();
            Map<RelationLocator, RelationLocator> truth = new HashMap<>();
            for (int i = 0; i < random.nextInt(8); i++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> drop(20_000 + i);
                    case 2, 3 -> {
                        truncate(20_000 + i, 30_000 + i);
                        truth.put(file(20_000 + i), file(30_000 + i));
                    }
                    default -> dropView();
                }
            }
            Map<RelationLocator, RelationLocator> found = successors();
            told += found.size();
            assertThat(truth.entrySet()).as("seed %s, round %s", seed, round).containsAll(found.entrySet());
        }
        assertThat(told).isPositive();
    }
}
