package org.pgpitr.repository.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/** Lists what a repository holds for the sake of WAL, by its names; what has none of these names is passed over. */
final class WalCompanions {
    private final Generation generation;
    private final RepositoryLayout layout;
    private final WalSegmentSize size;

    WalCompanions(Generation generation) {
        this.generation = generation;
        this.layout = generation.layout();
        this.size = generation.identity().segmentSize();
    }

    private interface Reading {
        Optional<WalCompanion> of(ObjectKey key, ObjectStat stat);
    }

    List<WalCompanion> list() {
        List<WalCompanion> all = new ArrayList<>();
        list(layout.indexPrefix(), this::rollUp, all);
        list(layout.brokenPrefix(), this::refused, all);
        list(layout.capturedNamesPrefix(), this::names, all);
        return all;
    }

    private void list(String prefix, Reading reading, List<WalCompanion> all) {
        generation.store().list(prefix, (key, stat) -> {
            reading.of(key, stat).ifPresent(all::add);
            return Next.CONTINUE;
        });
    }

    private Optional<WalCompanion> rollUp(ObjectKey key, ObjectStat stat) {
        return layout.rollUpAt(key).filter(found -> found.first().fits(size)).map(found -> {
            long first = found.first().number(size);
            return companion(
                    WalCompanion.Kind.ROLL_UP,
                    key,
                    found.first().timeline(),
                    first,
                    first + found.segments() - 1,
                    stat);
        });
    }

    private Optional<WalCompanion> refused(ObjectKey key, ObjectStat stat) {
        return layout.refusedAt(key).filter(found -> found.segment().fits(size)).map(found -> {
            WalSegmentName segment = found.segment();
            long number = segment.number(size);
            return companion(WalCompanion.Kind.REFUSED, key, segment.timeline(), number, number, stat);
        });
    }

    private Optional<WalCompanion> names(ObjectKey key, ObjectStat stat) {
        return layout.capturedNamesAt(key).map(found -> {
            long number = size.segmentNumber(found.lsn());
            return companion(WalCompanion.Kind.NAMES, key, found.timeline(), number, number, stat);
        });
    }

    private static WalCompanion companion(
            WalCompanion.Kind kind, ObjectKey key, TimelineId timeline, long first, long last, ObjectStat stat) {
        return new WalCompanion(kind, key, timeline, first, last, stat.length());
    }
}
