package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

class LaneInventoryTest {
    private static final BackupId ID = BackupId.parse("20261121T010000Z");
    /** Of a store's answer. */
    private static final int PAGE = 1000;

    private final MemoryStore store = new MemoryStore(Clock.systemUTC());
    /** The longest stretch of names that was listed in one go. */
    private final AtomicInteger longest = new AtomicInteger();

    private final Generation generation = new Repository(
                    new ForwardingStore(store) {
                        @Override
                        public void list(String prefix, ListVisitor visitor) {
                            store.list(prefix, counted(visitor));
                        }

                        @Override
                        public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
                            store.listAfter(prefix, after, counted(visitor));
                        }
                    },
                    new ClusterName("main"),
                    Keys.none(),
                    1)
            .create(new ClusterIdentity(
                    1,
                    1,
                    new SystemIdentifier(1),
                    new PostgresMajor(17),
                    new WalSegmentSize(1 << 20),
                    Encryption.NONE,
                    Instant.EPOCH));

    private org.pgpitr.storage.ObjectStore.ListVisitor counted(org.pgpitr.storage.ObjectStore.ListVisitor visitor) {
        int[] shown = {0};
        return (key, stat) -> {
            longest.accumulateAndGet(++shown[0], Math::max);
            return visitor.visit(key, stat);
        };
    }

    private void put(ObjectKey key, int length) {
        store.putIfAbsent(key, Content.of(new byte[length]));
    }

    private static List<Object> told(LaneInventory inventory, List<LaneTotals> lanes) {
        List<Object> told = new ArrayList<>(List.of(inventory.surplus(lanes), inventory.lastSequences()));
        lanes.forEach(lane -> told.addAll(List.of(inventory.missing(lane), inventory.storedBytes(lane))));
        return told;
    }

    @Test
    void in_parts_it_tells_what_one_listing_tells_whatever_the_manifest_says() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<LaneTotals> lanes = new ArrayList<>();
        for (int lane = 0; lane < 60; lane++) {
            int objects = 1 + random.nextInt(150);
            for (int sequence = 0; sequence < objects; sequence++) {
                if (random.nextInt(200) > 0) {
                    put(generation.layout().data(ID.value(), lane, sequence), random.nextInt(5));
                }
            }
            lanes.add(new LaneTotals(lane, Math.max(1, objects + random.nextInt(7) - 3), 1, 1, 1));
        }
        String prefix = generation.layout().backupPrefix(ID.value());
        put(generation.layout().manifest(ID.value()), 1);
        for (String stranger : List.of("a", "data/0007/x", "data/0058/000003.tar.lz4", "zzz")) {
            put(ObjectKey.of(prefix + stranger), 1);
        }

        for (List<LaneTotals> known : List.of(lanes, lanes.subList(0, 20), List.<LaneTotals>of())) {
            assertThat(told(LaneInventory.begin(generation, ID).complete(known), lanes))
                    .as("seed %s, %s lanes", seed, known.size())
                    .isEqualTo(told(LaneInventory.list(generation, ID), lanes));
        }
    }

    @Test
    void no_part_of_a_backup_that_is_as_its_manifest_says_takes_more_than_one_answer() {
        List<LaneTotals> lanes = IntStream.range(0, 80)
                .mapToObj(lane -> new LaneTotals(lane, 1 + lane, 1, 1, 1))
                .toList();
        lanes.forEach(lane -> IntStream.range(0, lane.objects())
                .forEach(sequence -> put(generation.layout().data(ID.value(), lane.lane(), sequence), 1)));
        put(generation.layout().manifest(ID.value()), 1);

        LaneInventory inventory = LaneInventory.begin(generation, ID).complete(lanes);

        assertThat(lanes).allSatisfy(lane -> assertThat(inventory.missing(lane)).isEmpty());
        assertThat(longest.get()).isLessThan(PAGE);
    }

    @Test
    void a_lane_of_which_most_is_missing_is_told_whatever_its_manifest_says() {
        for (int sequence = 0; sequence < PAGE; sequence++) {
            put(generation.layout().data(ID.value(), 0, sequence), 1);
        }
        LaneTotals most = new LaneTotals(0, LaneTotals.MOST_OBJECTS, 1, 1, 1);

        LaneInventory inventory = LaneInventory.begin(generation, ID).complete(List.of(most));

        assertThat(inventory.missing(most)).hasSize(LaneTotals.MOST_OBJECTS - PAGE);
        assertThat(inventory.storedBytes(most)).isEqualTo(PAGE);
    }
}
