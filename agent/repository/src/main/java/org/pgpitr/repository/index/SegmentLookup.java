package org.pgpitr.repository.index;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;

/**
 * The first commits of segments here and there, as a search by halves asks for them: from their group's roll-up, of which
 * that is kept for the next question, or from their own object. Not for use by several threads.
 */
public final class SegmentLookup {
    private static final int KEPT_GROUPS = 256;
    private static final int AT_A_TIME = 16;

    private record Group(TimelineId timeline, long first) {}

    /** What a summary tells: the first commit that is whole in the segment; empty if there is none. */
    public record Told(Optional<TransactionEnd> firstCommit) {
        private static Told of(SegmentSummary summary) {
            return new Told(summary.facts().transactions().first());
        }
    }

    private final Summaries summaries;
    private final RollUps rollUps;
    private final RolledUp rolledUp;
    private final WalSegmentSize size;
    /** By their places in the group; nothing of a group without a roll-up that can be read. */
    private final Map<Group, List<Told>> kept = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Group, List<Told>> eldest) {
            return size() > KEPT_GROUPS;
        }
    };

    /** @param rolledUp the roll-ups that there are */
    public SegmentLookup(Generation generation, RolledUp rolledUp) {
        this.summaries = new Summaries(generation);
        this.rollUps = new RollUps(generation);
        this.rolledUp = rolledUp;
        this.size = generation.identity().segmentSize();
    }

    /**
     * Reads roll-ups side by side that may be asked for next.
     *
     * @throws org.pgpitr.error.PgpitrException NO_KEY
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public void ahead(Collection<WalFileName> files) {
        List<Group> groups = files.stream()
                .flatMap(file -> group(file).stream())
                .distinct()
                .filter(group -> !kept.containsKey(group))
                .toList();
        List<List<Told>> read = Threads.each(groups, AT_A_TIME, "reading the index", this::read);
        for (int i = 0; i < groups.size(); i++) {
            kept.put(groups.get(i), read.get(i));
        }
    }

    /**
     * What is told of a segment that the archive holds, whole or partial.
     *
     * @return empty if there is no summary: the segment is gone, or is there in pieces alone
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     * @throws org.pgpitr.postgres.wal.BrokenWalException if its WAL was archived unread, and is broken
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public Optional<Told> find(WalFileName file) {
        Optional<Group> group = group(file);
        if (group.isPresent()) {
            ahead(List.of(file));
            List<Told> told = kept.get(group.get());
            if (!told.isEmpty()) {
                long number = ((WalSegmentName) file).number(size);
                return Optional.of(told.get((int) (number - group.get().first())));
            }
        }
        return summaries.read(file).map(Told::of);
    }

    /** Whose roll-up tells of a file, if there is one. */
    private Optional<Group> group(WalFileName file) {
        return file instanceof WalSegmentName name
                ? Optional.of(new Group(name.timeline(), Level.GROUP.first(name.number(size))))
                        .filter(group -> rolledUp.hasGroup(group.timeline(), group.first()))
                : Optional.empty();
    }

    private List<Told> read(Group group) {
        return rollUps.read(
                        Level.GROUP,
                        group.timeline(),
                        group.first(),
                        rollUp -> rollUp.entries().stream().map(Told::of).toList())
                .orElse(List.of());
    }
}
