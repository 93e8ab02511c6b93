package org.pgpitr.repository.archive;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;

/**
 * All history files of an archive; timeline 1 has none.
 *
 * @param readable by their timelines
 * @param damaged those that are archived and can't be read, each with the reason, which names the object
 */
public record ArchivedHistories(
        SortedMap<TimelineId, TimelineHistory> readable, SortedMap<TimelineId, PgpitrException> damaged) {
    public ArchivedHistories {
        readable = Collections.unmodifiableSortedMap(new TreeMap<>(readable));
        damaged = Collections.unmodifiableSortedMap(new TreeMap<>(damaged));
    }

    /**
     * All of them, for one who must not go on without one.
     *
     * @throws PgpitrException CORRUPT if one is damaged
     */
    public Map<TimelineId, TimelineHistory> orElseThrow() {
        if (!damaged.isEmpty()) {
            throw damaged.get(damaged.firstKey());
        }
        return readable;
    }
}
