package org.pgpitr.repository.find;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.RecoveryFactsReader;

/** Searches all that a repository holds. */
final class WholeSearch {
    static final SearchRange ALL =
            new SearchRange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private WholeSearch() {}

    /** @param timeline the newest one if empty */
    static SearchResult find(Generation generation, Instant now, SearchFilter filter, Optional<TimelineId> timeline) {
        ArchiveListing listing = ArchiveListing.begin(generation);
        return new IncidentSearch(
                        generation,
                        RecoveryFactsReader.readWhateverBackups(generation, Clock.fixed(now, ZoneOffset.UTC), listing),
                        listing.rolledUp(),
                        SearchListener.NONE)
                .run(new SearchRequest(ALL, filter, 10, timeline));
    }
}
