package org.pgpitr.repository.index;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.Generation;

/**
 * Summaries of segments here and there, as a search by halves asks for them: from their group's roll-up, which is kept
 * for the next question, or from their own object. Not for use by several threads.
 */
public final class SegmentLookup {
    private static final int KEPT_GROUPS = 8;

    private record Group(TimelineId timeline, long first) {}

    private final Summaries summaries;
    private final RollUps rollUps;
    private final WalSegmentSize size;
    private final Map<Group, Optional<RollUp>> kept = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Group, Optional<RollUp>> eldest) {
            return size() > KEPT_GROUPS;
        }
    };

    public SegmentLookup(Generation generation) {
        this.summaries = new Summaries(generation);
        this.rollUps = new RollUps(generation);
        this.size = generation.identity().segmentSize();
    }

    /**
     * The summary of a segment that the archive holds, whole or partial; its lists may be short.
     *
     * @return empty if there is none: the segment is gone, or is there in pieces alone
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     * @throws org.pgpitr.postgres.wal.BrokenWalException if its WAL was archived unread, and is broken
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public Optional<SegmentSummary> find(WalFileName file) {
        if (file instanceof WalSegmentName name) {
            long number = name.number(size);
            Group group = new Group(name.timeline(), Level.GROUP.first(number));
            if (!kept.containsKey(group)) {
                kept.put(group, rollUps.read(Level.GROUP, group.timeline(), group.first()));
            }
            Optional<RollUp> rollUp = kept.get(group);
            if (rollUp.isPresent()) {
                return Optional.of(rollUp.get().entries().get((int) (number - group.first())));
            }
        }
        return summaries.read(file);
    }
}
