package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

/**
 * What there is of a segment that is not archived whole. Of a partial segment and pieces of a stream it is what goes
 * further, as {@code archive-get} delivers it.
 *
 * @param form partial or streamed
 * @param end up to where it holds WAL of its timeline, as far as names tell; of a partial segment whose timeline nobody is
 *     known to have left in it, where the segment begins
 */
public record IncompleteSegment(WalRange.Form form, Lsn end) {
    /** Empty if there is nothing of it. */
    public static Optional<IncompleteSegment> of(RecoveryFacts facts, TimelineId timeline, long segment) {
        Optional<Lsn> streamed = facts.wal().streamedTo(timeline, segment);
        Optional<Lsn> partial = facts.wal().containsPartial(timeline, segment)
                ? Optional.of(partialEnd(facts, timeline, segment)
                        .orElse(facts.segmentSize().start(segment)))
                : Optional.empty();
        return streamed.isPresent()
                        && partial.filter(end -> !end.isBefore(streamed.get())).isEmpty()
                ? Optional.of(new IncompleteSegment(WalRange.Form.STREAMED, streamed.get()))
                : partial.map(end -> new IncompleteSegment(WalRange.Form.PARTIAL, end));
    }

    /**
     * Where a promotion cut the timeline off within that segment; behind it a partial segment holds no WAL of it. If
     * several did, it is not known which of them archived it.
     */
    private static Optional<Lsn> partialEnd(RecoveryFacts facts, TimelineId timeline, long segment) {
        return facts.histories().values().stream()
                .flatMap(history -> history.switchPoint(timeline).stream())
                .filter(lsn -> facts.segmentSize().segmentNumber(lsn) == segment)
                .min(Lsn::compareTo);
    }
}
