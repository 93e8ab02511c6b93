package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

/**
 * What a search found.
 *
 * @param timeline along which it searched
 * @param otherTimelines whether there are others, so that the timeline has to be named for a recovery
 * @param segments how many were read; of others in the range the index tells that they hold nothing that was asked for
 * @param commits how many there were in the range
 * @param first the time of the first commit in the range, in the order of the WAL
 * @param last the time of the last one
 * @param from where the first segment that was read begins; empty if none was
 * @param to where the last one ends
 * @param events the worst first
 * @param matches how many events were wanted, told or not
 * @param notes sentences for people: holes, broken WAL, what is not archived yet
 */
public record SearchResult(
        TimelineId timeline,
        boolean otherTimelines,
        long segments,
        long commits,
        Optional<Instant> first,
        Optional<Instant> last,
        Optional<Lsn> from,
        Optional<Lsn> to,
        List<FoundEvent> events,
        long matches,
        List<String> notes) {
    public SearchResult {
        events = List.copyOf(events);
        notes = List.copyOf(notes);
    }
}
