package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.index.RolledUp;
import org.pgpitr.repository.index.SegmentLookup;
import org.pgpitr.repository.index.WalIndex;
import org.pgpitr.repository.plan.GapCause;
import org.pgpitr.repository.plan.RecoveryFacts;

/**
 * Searches the archived WAL of a generation. Reads the segments of the range, and some before it, so that most
 * transactions that end in it are read from their beginning; and of these only what the index does not tell to be of no
 * matter.
 */
public final class IncidentSearch {
    /** Read before the range: so many bytes, but at most {@link #LEAD_SEGMENTS}. */
    private static final long LEAD = 128L << 20;

    private static final int LEAD_SEGMENTS = 8;
    /** Commit times may be that much out of order; a clock that was set back may be more. */
    private static final long DISORDER_SECONDS = 5;

    /** How it finds out which segments it needs. */
    enum Means {
        /** By what summaries tell. */
        INDEX,
        /** By the segments themselves; then it reads all of them. */
        WAL
    }

    private static final int INDEX_READ_AHEAD = 16;

    private final RecoveryFacts facts;
    private final RolledUp rolledUp;
    private final Generation generation;
    private final SegmentContent content;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final SearchListener listener;
    private final Means means;

    /**
     * @param facts of the generation
     * @param rolledUp its roll-ups
     */
    public IncidentSearch(Generation generation, RecoveryFacts facts, RolledUp rolledUp, SearchListener listener) {
        this(generation, facts, rolledUp, listener, Means.INDEX);
    }

    IncidentSearch(
            Generation generation, RecoveryFacts facts, RolledUp rolledUp, SearchListener listener, Means means) {
        this.rolledUp = rolledUp;
        this.means = means;
        this.generation = generation;
        this.facts = facts;
        this.listener = listener;
        this.content = new SegmentContent(generation, facts.wal());
        this.major = generation.identity().major();
        this.size = generation.identity().segmentSize();
    }

    /**
     * Searches. Of damaged WAL it tells in a note.
     *
     * @throws PgpitrException USAGE if the timeline is not known, or the major's WAL can't be read; NO_KEY
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public SearchResult run(SearchRequest request) {
        if (!major.isKnown()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the WAL of PostgreSQL " + major + " can't be read by this version of pgpitr",
                    "take a newer version of pgpitr");
        }
        NavigableSet<TimelineId> timelines = timelines();
        TimelineId timeline = request.timeline().orElseGet(timelines::last);
        SortedMap<TimelineId, GapCause.MissingHistory> missing = missingHistories();
        if (!timelines.contains(timeline)) {
            throw missing.containsKey(timeline)
                    ? new PgpitrException(
                            ExitCode.USAGE,
                            "timeline " + timeline + " can't be searched, since "
                                    + missing.get(timeline).what(),
                            missing.get(timeline).mend())
                    : new PgpitrException(
                            ExitCode.USAGE, "timeline " + timeline + " is not known", "known are: " + timelines);
        }
        ArchivedPath path = new ArchivedPath(facts, timeline);
        SearchNotes notes = new SearchNotes(size);
        FittingNames fitting = new FittingNames(generation, facts, notes);
        listener.locating();
        SegmentTimes times = times();
        Bisection bisection = new Bisection(path, times);
        int byLsn = request.range().fromLsn().map(path::firstBehind).orElse(0);
        int first = first(request.range(), bisection, byLsn);
        int behind = behind(request.range(), path, bisection, byLsn);
        int lead = Math.max(0, first - (int) Math.max(1, Math.min(LEAD_SEGMENTS, LEAD / size.bytes())));

        missing.values().forEach(each -> notes.missingHistory(each, timelines.contains(each.timeline())));
        List<CapturedRelations> captured = behind > lead
                ? fitting.around(
                        timeline,
                        path.get(lead).name().start(size),
                        path.get(behind - 1).name().end(size))
                : List.of();
        notes.captured(captured);
        Sieve sieve = new Sieve(request, captured, isEnough -> fitting.elsewhere(timeline, isEnough), notes);
        Names names = new Names(captured, sieve::named);
        SegmentScan scan = new SegmentScan(generation, content, path, listener, notes);
        long read = scan.run(
                lead,
                behind,
                plan(path, lead, behind, request, names),
                new TransactionTracker(major, names, sieve),
                sieve);
        if (path.size() > 0 && isBeforeArchive(request.range(), path, times, first)) {
            notes.beginOfArchive(path);
        }
        boolean streamed = behind > lead && path.get(behind - 1).form() == PathSegment.Form.STREAMED;
        if (!streamed && behind == path.size() && isBeyondArchive(request.range(), path, sieve.last())) {
            notes.endOfArchive(path);
        }
        return new SearchResult(
                timeline,
                timelines.size() > 1,
                read,
                sieve.commits(),
                sieve.first(),
                sieve.last(),
                behind > lead ? Optional.of(path.get(lead).name().start(size)) : Optional.empty(),
                behind > lead ? Optional.of(path.get(behind - 1).end(size)) : Optional.empty(),
                sieve.events(),
                sieve.matches(),
                notes.all());
    }

    private NavigableSet<TimelineId> timelines() {
        NavigableSet<TimelineId> known = new TreeSet<>();
        known.add(TimelineId.FIRST);
        known.addAll(facts.histories().keySet());
        facts.backups().forEach(backup -> known.add(backup.timeline()));
        return known;
    }

    /** The timelines of which something is there, but not what leads onto them. */
    private SortedMap<TimelineId, GapCause.MissingHistory> missingHistories() {
        NavigableSet<TimelineId> there = new TreeSet<>(facts.wal().timelines());
        there.addAll(facts.damage().histories().keySet());
        facts.backups().forEach(backup -> there.add(backup.timeline()));
        there.remove(TimelineId.FIRST);
        there.removeAll(facts.histories().keySet());
        SortedMap<TimelineId, GapCause.MissingHistory> missing = new TreeMap<>();
        there.forEach(timeline -> missing.put(
                timeline,
                new GapCause.MissingHistory(
                        timeline, Optional.ofNullable(facts.damage().histories().get(timeline)))));
        return missing;
    }

    /** The first segment that may hold a commit of the range. */
    private int first(SearchRange range, Bisection bisection, int byLsn) {
        if (range.from().isEmpty()) {
            return byLsn;
        }
        Instant from = range.from().get().minusSeconds(DISORDER_SECONDS);
        // The segment before the first later one may have commits behind that time too
        return Math.max(byLsn, bisection.firstLater(from, byLsn) - 1);
    }

    /** Behind the last segment that may hold a commit of the range. Asks mostly for what {@link #first} has asked for. */
    private int behind(SearchRange range, ArchivedPath path, Bisection bisection, int from) {
        int byLsn = range.toLsn()
                .map(to -> path.firstBehind(size.start(size.segmentNumber(to) + 1)))
                .orElse(path.size());
        return range.to().isEmpty()
                ? byLsn
                : Math.min(byLsn, bisection.firstKnownLater(range.to().get().plusSeconds(DISORDER_SECONDS), from));
    }

    /** @param searched the first segment in which a commit of the range may be */
    private boolean isBeforeArchive(SearchRange range, ArchivedPath path, SegmentTimes times, int searched) {
        PathSegment first = path.get(0);
        return range.fromLsn()
                        .filter(from -> from.isBefore(first.name().start(size)))
                        .isPresent()
                || range.from()
                        .filter(from -> searched == 0
                                && times.first(first).filter(from::isBefore).isPresent())
                        .isPresent();
    }

    /** Whether there may be more of the range than is archived. */
    private boolean isBeyondArchive(SearchRange range, ArchivedPath path, Optional<Instant> last) {
        if (range.to().isEmpty() && range.toLsn().isEmpty()) {
            return true;
        }
        Lsn end = path.size() == 0 ? Lsn.ZERO : path.get(path.size() - 1).end(size);
        return range.to().filter(to -> last.filter(to::isBefore).isEmpty()).isPresent()
                || range.toLsn().filter(to -> !to.isBefore(end)).isPresent();
    }

    private SegmentTimes times() {
        SegmentTimes wal = new ReadSegmentTimes(generation, content);
        return means == Means.WAL ? wal : new IndexedSegmentTimes(new SegmentLookup(generation, rolledUp), wal);
    }

    private ReadingPlan plan(ArchivedPath path, int from, int behind, SearchRequest request, Names names) {
        // Summaries know catalogs by the numbers that initdb gives their files.
        if (means == Means.WAL || names.hasMovedCatalogs()) {
            return ReadingPlan.all(from, behind);
        }
        try (WalIndex index = new WalIndex(generation, facts.wal(), rolledUp, INDEX_READ_AHEAD)) {
            return Narrowing.plan(path, from, behind, request, index, content, major, size);
        }
    }
}
