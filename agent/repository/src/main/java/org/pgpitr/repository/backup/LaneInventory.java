package org.pgpitr.repository.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout.DataObject;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * Which objects a backup's lanes have, and how long they are, as one listing told. Compact: 8 bytes an object.
 */
public final class LaneInventory {
    private static final long ABSENT = -1;
    private static final int STRANGERS_KEPT = 100;
    /** A lane ends at about 1 GiB, in objects of about 16 MiB: what is numbered higher is none of it. */
    private static final int MOST_OBJECTS = 1 << 16;

    private final Generation generation;
    private final BackupId id;
    private final Map<Integer, long[]> lengths = new TreeMap<>();
    private final List<ObjectKey> strangers = new ArrayList<>();

    private LaneInventory(Generation generation, BackupId id) {
        this.generation = generation;
        this.id = id;
    }

    /**
     * Lists a backup's objects.
     *
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static LaneInventory list(Generation generation, BackupId id) {
        LaneInventory found = new LaneInventory(generation, id);
        Set<ObjectKey> besides = Set.of(
                generation.layout().manifest(id.value()), generation.layout().catalog(id.value()));
        generation.store().list(generation.layout().backupPrefix(id.value()), (key, stat) -> {
            Optional<DataObject> object = generation.layout().dataAt(id.value(), key);
            if (object.isPresent() && object.get().sequence() < MOST_OBJECTS) {
                found.add(object.get(), stat.length());
            } else if (!besides.contains(key)) {
                found.stranger(key);
            }
            return Next.CONTINUE;
        });
        return found;
    }

    private void add(DataObject object, long length) {
        long[] lane = lengths.computeIfAbsent(object.lane(), l -> new long[0]);
        if (object.sequence() >= lane.length) {
            int old = lane.length;
            lane = Arrays.copyOf(lane, Math.max(object.sequence() + 1, old + old / 2));
            Arrays.fill(lane, old, lane.length, ABSENT);
            lengths.put(object.lane(), lane);
        }
        lane[object.sequence()] = length;
    }

    private void stranger(ObjectKey key) {
        if (strangers.size() < STRANGERS_KEPT) {
            strangers.add(key);
        }
    }

    /** How many bytes an object has; -1 if there is none. */
    public long length(int lane, int sequence) {
        long[] all = lengths.getOrDefault(lane, new long[0]);
        return sequence < all.length ? all[sequence] : ABSENT;
    }

    /** How many bytes all objects of a lane have that belong to it. */
    public long storedBytes(LaneTotals lane) {
        long sum = 0;
        for (int sequence = 0; sequence < lane.objects(); sequence++) {
            sum += Math.max(0, length(lane.lane(), sequence));
        }
        return sum;
    }

    /** The objects that a lane must have and that are not there, in order. */
    public List<ObjectKey> missing(LaneTotals lane) {
        List<ObjectKey> missing = new ArrayList<>();
        for (int sequence = 0; sequence < lane.objects(); sequence++) {
            if (length(lane.lane(), sequence) == ABSENT) {
                missing.add(generation.layout().data(id.value(), lane.lane(), sequence));
            }
        }
        return missing;
    }

    /** Objects that no lane of these has, the first hundred: nothing reads them. */
    public List<ObjectKey> surplus(List<LaneTotals> lanes) {
        List<ObjectKey> surplus = new ArrayList<>(strangers);
        lengths.forEach((lane, all) -> {
            int known = lane < lanes.size() ? lanes.get(lane).objects() : 0;
            for (int sequence = known; sequence < all.length && surplus.size() < STRANGERS_KEPT; sequence++) {
                if (all[sequence] != ABSENT) {
                    surplus.add(generation.layout().data(id.value(), lane, sequence));
                }
            }
        });
        return surplus;
    }

    /** The lanes of which there is any object, with the highest sequence of each. */
    public Map<Integer, Integer> lastSequences() {
        Map<Integer, Integer> last = new TreeMap<>();
        lengths.forEach((lane, all) -> {
            for (int sequence = all.length - 1; sequence >= 0; sequence--) {
                if (all[sequence] != ABSENT) {
                    last.put(lane, sequence);
                    return;
                }
            }
        });
        return last;
    }
}
