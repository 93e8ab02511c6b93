package org.pgpitr.repository.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout.DataObject;
import org.pgpitr.repository.Threads;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * Which objects a backup's lanes have, and how long they are, as a listing told. Compact: 8 bytes an object.
 */
public final class LaneInventory {
    private static final long ABSENT = -1;
    private static final int STRANGERS_KEPT = 100;
    /** Fewer than a listing's answer has room for, so that one answer ends behind the last of them. */
    private static final int PART = 960;

    private static final int AT_A_TIME = 64;
    private static final String LISTING = "listing a backup";

    private final Generation generation;
    private final BackupId id;
    private final Map<Integer, long[]> lengths = new TreeMap<>();
    private final List<ObjectKey> strangers = new ArrayList<>();
    /** The last object that was listed, where there may be more. */
    private Optional<ObjectKey> left = Optional.empty();

    private LaneInventory(Generation generation, BackupId id) {
        this.generation = generation;
        this.id = id;
    }

    /**
     * Lists a backup's objects, one page after the other.
     *
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static LaneInventory list(Generation generation, BackupId id) {
        LaneInventory found = new LaneInventory(generation, id);
        found.list(Optional.empty(), Optional.empty(), Integer.MAX_VALUE);
        return found;
    }

    /** Begins to list a backup's objects, while its manifest is opened. */
    public static Begun begin(Generation generation, BackupId id) {
        return new Begun(Threads.begin(LISTING, () -> firstOf(generation, id)));
    }

    /** A listing that was begun. */
    public static final class Begun {
        private final Future<LaneInventory> first;

        private Begun(Future<LaneInventory> first) {
            this.first = first;
        }

        /**
         * All of it, in many parts at a time where there is much.
         *
         * @param lanes as the manifest has them: they tell where to part it, not what is there
         * @throws org.pgpitr.storage.StorageException if the store does not answer
         */
        public LaneInventory complete(List<LaneTotals> lanes) {
            return Threads.result(first, LISTING).completed(lanes);
        }
    }

    private static LaneInventory firstOf(Generation generation, BackupId id) {
        LaneInventory found = new LaneInventory(generation, id);
        found.list(Optional.empty(), Optional.empty(), PART);
        return found;
    }

    private LaneInventory completed(List<LaneTotals> lanes) {
        if (left.isEmpty()) {
            return this;
        }
        List<ObjectKey> ends = ends(lanes, left.get());
        Threads.each(
                        IntStream.rangeClosed(0, ends.size()).boxed().toList(),
                        AT_A_TIME,
                        LISTING,
                        part -> part(
                                part == 0 ? left.get() : ends.get(part - 1),
                                part == ends.size() ? Optional.empty() : Optional.of(ends.get(part))))
                .forEach(this::addAll);
        left = Optional.empty();
        return this;
    }

    /** The last objects of parts behind one; in the order of the keys, which is not that of ten thousand lanes. */
    private List<ObjectKey> ends(List<LaneTotals> lanes, ObjectKey behind) {
        List<ObjectKey> ends = new ArrayList<>();
        int count = 0;
        for (LaneTotals lane : lanes.stream()
                .sorted(Comparator.comparing(lane -> generation.layout().data(id.value(), lane.lane(), 0)))
                .toList()) {
            for (int sequence = PART - 1 - count; sequence < lane.objects(); sequence += PART) {
                ends.add(generation.layout().data(id.value(), lane.lane(), sequence));
            }
            count = (count + lane.objects()) % PART;
        }
        return ends.stream().filter(end -> end.compareTo(behind) > 0).toList();
    }

    /** Behind an object, up to another one. */
    private LaneInventory part(ObjectKey after, Optional<ObjectKey> last) {
        LaneInventory found = new LaneInventory(generation, id);
        found.list(Optional.of(after), last, Integer.MAX_VALUE);
        return found;
    }

    /** Takes in what stands behind an object, up to another one, and no more than so many. */
    private void list(Optional<ObjectKey> after, Optional<ObjectKey> last, int most) {
        String prefix = generation.layout().backupPrefix(id.value());
        Set<ObjectKey> besides = Set.of(
                generation.layout().manifest(id.value()), generation.layout().catalog(id.value()));
        int[] count = {0};
        ObjectStore.ListVisitor visitor = (key, stat) -> {
            int toTheEnd = last.map(key::compareTo).orElse(-1);
            if (toTheEnd > 0) {
                return Next.STOP;
            }
            Optional<DataObject> object = generation.layout().dataAt(id.value(), key);
            if (object.isPresent() && object.get().sequence() < LaneTotals.MOST_OBJECTS) {
                add(object.get(), stat.length());
            } else if (!besides.contains(key)) {
                stranger(key);
            }
            if (++count[0] == most) {
                left = Optional.of(key);
                return Next.STOP;
            }
            return toTheEnd == 0 ? Next.STOP : Next.CONTINUE;
        };
        if (after.isPresent()) {
            generation.store().listAfter(prefix, after.get(), visitor);
        } else {
            generation.store().list(prefix, visitor);
        }
    }

    private void addAll(LaneInventory part) {
        part.lengths.forEach((lane, all) -> {
            for (int sequence = 0; sequence < all.length; sequence++) {
                if (all[sequence] != ABSENT) {
                    add(new DataObject(lane, sequence), all[sequence]);
                }
            }
        });
        part.strangers.forEach(this::stranger);
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
