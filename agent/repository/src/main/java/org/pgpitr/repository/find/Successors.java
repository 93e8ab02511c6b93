package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgpitr.postgres.wal.RelationLocator;

/**
 * Which new file took the place of which dropped one, where relations were dropped beside. A relation that gets a new file
 * ({@code RelationSetNewRelfilenumber()}) and one that is dropped ({@code heap_drop_with_catalog()}, {@code index_drop()})
 * each have their old file put down for deletion, and their row of {@code pg_class} updated or deleted, one after the
 * other: so the rows tell the files' fates by their order, though they do not say whose they are. But rows of relations
 * without a file, such as views, are deleted too: then it is told only of the files where that makes no difference.
 */
final class Successors {
    /** Updated rows in order, each with its new file, and how many rows were deleted before it. */
    private record Update(RelationLocator file, int deletedBefore) {}

    private final List<Update> updates = new ArrayList<>();
    private int deleted;

    private Successors() {}

    /**
     * Reads the steps of one transaction.
     *
     * @param dropped all files that it drops, in the order in which they were put down for that
     * @param created all files that it has made
     * @return by the old file; those of which it is certain
     */
    static Map<RelationLocator, RelationLocator> of(
            List<RelationLocator> dropped, Collection<RelationLocator> created, Collection<StorageStep> steps) {
        Successors reading = new Successors();
        reading.read(created, steps);
        return reading.match(dropped);
    }

    private void read(Collection<RelationLocator> created, Collection<StorageStep> steps) {
        List<StorageStep> inOrder =
                steps.stream().sorted(Comparator.comparing(StorageStep::at)).toList();
        Set<RelationLocator> open = new LinkedHashSet<>(created);
        // a new relation's own file takes nobody's place
        inOrder.stream()
                .filter(step -> step.kind() == StorageStep.Kind.INSERTED)
                .forEach(step -> open.removeIf(file -> step.fits(file.relation())));
        for (StorageStep step : inOrder) {
            if (step.kind() == StorageStep.Kind.DELETED) {
                deleted++;
            } else if (step.kind() == StorageStep.Kind.UPDATED) {
                open.stream()
                        .filter(file -> step.fits(file.relation()))
                        .findFirst()
                        .ifPresent(file -> {
                            open.remove(file);
                            updates.add(new Update(file, deleted));
                        });
            }
        }
    }

    private Map<RelationLocator, RelationLocator> match(List<RelationLocator> dropped) {
        Map<RelationLocator, RelationLocator> found = new LinkedHashMap<>();
        int gone = dropped.size() - updates.size();
        if (gone < 0 || gone > deleted) {
            return found; // something else went on
        }
        Set<RelationLocator> seen = new HashSet<>();
        for (int i = 0; i < updates.size(); i++) {
            Update update = updates.get(i);
            int fewest = Math.max(0, gone - (deleted - update.deletedBefore()));
            int most = Math.min(gone, update.deletedBefore());
            RelationLocator old = dropped.get(i + most);
            if (fewest == most && old.database() == update.file().database() && seen.add(old)) {
                found.put(old, update.file());
            }
        }
        return found;
    }
}
