package org.pgpitr.repository.plan;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.archive.ArchivedHistories;

/**
 * What is archived and is known to be of no use to a recovery: {@code archive-get} refuses it, and PostgreSQL stops with
 * an error where it asks for it.
 *
 * @param histories of these timelines, each with the reason, which names the object
 * @param wal by the segment it would be
 */
public record KnownDamage(SortedMap<TimelineId, String> histories, SortedMap<WalSegmentName, DamagedWal> wal) {
    /** Nothing is known. */
    public static final KnownDamage NONE = new KnownDamage(new TreeMap<>(), new TreeMap<>());

    public KnownDamage {
        histories = Collections.unmodifiableSortedMap(new TreeMap<>(histories));
        wal = Collections.unmodifiableSortedMap(new TreeMap<>(wal));
    }

    /** The histories that can't be read. */
    public static KnownDamage of(ArchivedHistories histories) {
        SortedMap<TimelineId, String> damaged = new TreeMap<>();
        histories.damaged().forEach((timeline, reason) -> damaged.put(timeline, reason.getMessage()));
        return new KnownDamage(damaged, NONE.wal);
    }

    KnownDamage with(WalSegmentName segment, DamagedWal damaged) {
        SortedMap<WalSegmentName, DamagedWal> more = new TreeMap<>(wal);
        more.put(segment, damaged);
        return new KnownDamage(histories, more);
    }

    /**
     * What keeps a recovery that begins on one timeline from following another one, in a clause. PostgreSQL restores the
     * histories of all timelines from the one to the other, whether its path goes there or not ({@code
     * restoreTimeLineHistoryFiles()} and {@code readTimeLineHistory()} in {@code timeline.c}).
     */
    Optional<String> between(TimelineId first, TimelineId last) {
        return histories.keySet().stream()
                .filter(timeline -> timeline.compareTo(first) >= 0 && timeline.compareTo(last) <= 0)
                .findFirst()
                .map(this::history);
    }

    /** The timelines that are newer than one and whose history can't be read, the oldest first. */
    Set<TimelineId> newerThan(TimelineId timeline) {
        SortedMap<TimelineId, String> newer = new TreeMap<>(histories.tailMap(timeline));
        newer.remove(timeline);
        return newer.keySet();
    }

    /** In a clause, that the history of a timeline can't be read. */
    String history(TimelineId timeline) {
        return new TimelineHistoryName(timeline) + " can't be read: " + histories.get(timeline);
    }
}
