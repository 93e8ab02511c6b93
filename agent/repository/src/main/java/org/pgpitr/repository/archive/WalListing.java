package org.pgpitr.repository.archive;

import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;

/** Turns a listing of keys into segments; a key that is not exactly where a WAL file stands is passed over. */
final class WalListing implements ObjectStore.ListVisitor {
    private final RepositoryLayout layout;
    private final WalSegmentSize segmentSize;
    private final ArchivedWal.Builder found = ArchivedWal.builder();

    WalListing(RepositoryLayout layout, WalSegmentSize segmentSize) {
        this.layout = layout;
        this.segmentSize = segmentSize;
    }

    /** Whether a cluster of this segment size can have a file of that name. */
    static boolean fits(WalFileName name, WalSegmentSize size) {
        if (name instanceof WalSegmentName segment) {
            return segment.fits(size);
        }
        if (name instanceof PartialSegmentName partial) {
            return partial.segment().fits(size);
        }
        return name instanceof BackupHistoryName history && history.segment().fits(size);
    }

    @Override
    public Next visit(ObjectKey key, ObjectStat stat) {
        WalFileName name = layout.walFileAt(key).orElse(null);
        if (name instanceof WalSegmentName segment && segment.fits(segmentSize)) {
            found.segment(segment.timeline(), segment.number(segmentSize), stat.length());
        } else if (name instanceof PartialSegmentName partial
                && partial.segment().fits(segmentSize)) {
            found.partial(partial.timeline(), partial.segment().number(segmentSize));
        } else if (name == null || name instanceof WalSegmentName || name instanceof PartialSegmentName) {
            found.unknown();
        }
        return Next.CONTINUE;
    }

    void streamed(WalSegmentName segment, Lsn end) {
        if (end.equals(segment.end(segmentSize))) {
            found.inPieces(segment.timeline(), segment.number(segmentSize));
        } else {
            found.streamed(segment.timeline(), segment.number(segmentSize), end);
        }
    }

    void addAll(WalListing other) {
        found.all(other.found);
    }

    ArchivedWal result() {
        return found.build();
    }
}
