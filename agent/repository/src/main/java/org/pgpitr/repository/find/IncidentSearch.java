package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.plan.RecoveryFacts;

/**
 * Searches the archived WAL of a generation. Reads the segments of the range, and some before it, so that most
 * transactions that end in it are read from their beginning.
 */
public final class IncidentSearch {
    /** Read before the range: so many bytes, but at most {@link #LEAD_SEGMENTS}. */
    private static final long LEAD = 128L << 20;

    private static final int LEAD_SEGMENTS = 8;
    /** Commit times may be that much out of order; a clock that was set back may be more. */
    private static final long DISORDER_SECONDS = 5;

    private final RecoveryFacts facts;
    private final Generation generation;
    private final WalArchive archive;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final SearchListener listener;

    /** @param facts of the generation */
    public IncidentSearch(Generation generation, RecoveryFacts facts, SearchListener listener) {
        this.generation = generation;
        this.facts = facts;
        this.listener = listener;
        this.archive = new WalArchive(generation);
        this.major = generation.identity().major();
        this.size = generation.identity().segmentSize();
    }

    /**
     * Searches.
     *
     * @throws PgpitrException USAGE if the timeline is not known, or the major's WAL can't be read; CORRUPT, NO_KEY
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
        if (!timelines.contains(timeline)) {
            throw new PgpitrException(
                    ExitCode.USAGE, "timeline " + timeline + " is not known", "known are: " + timelines);
        }
        ArchivedPath path = new ArchivedPath(facts, timeline);
        listener.locating();
        SegmentTimes times = new ReadSegmentTimes(archive);
        Bisection bisection = new Bisection(path, times);
        int first = first(request.range(), path, bisection);
        int behind = behind(request.range(), path, bisection, first);
        int lead = Math.max(0, first - (int) Math.max(1, Math.min(LEAD_SEGMENTS, LEAD / size.bytes())));

        SearchNotes notes = new SearchNotes(size);
        List<CapturedRelations> captured = behind > lead
                ? new FittingNames(generation, facts, notes)
                        .around(
                                timeline,
                                path.get(lead).name().start(size),
                                path.get(behind - 1).name().end(size))
                : List.of();
        notes.captured(captured);
        Sieve sieve = new Sieve(request, captured, notes);
        scan(path, lead, behind, new TransactionTracker(major, new Names(captured), sieve), notes);
        if (path.size() > 0 && isBeforeArchive(request.range(), path, times)) {
            notes.beginOfArchive(path);
        }
        if (behind == path.size() && isBeyondArchive(request.range(), path, sieve.last())) {
            notes.endOfArchive(path);
        }
        return new SearchResult(
                timeline,
                timelines.size() > 1,
                behind - lead,
                sieve.commits(),
                sieve.first(),
                sieve.last(),
                behind > lead ? Optional.of(path.get(lead).name().start(size)) : Optional.empty(),
                behind > lead ? Optional.of(path.get(behind - 1).name().end(size)) : Optional.empty(),
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

    /** The first segment that may hold a commit of the range. */
    private int first(SearchRange range, ArchivedPath path, Bisection bisection) {
        int byLsn = range.fromLsn().map(path::firstBehind).orElse(0);
        if (range.from().isEmpty()) {
            return byLsn;
        }
        Instant from = range.from().get().minusSeconds(DISORDER_SECONDS);
        // The segment before the first later one may have commits behind that time too
        return Math.max(byLsn, bisection.firstLater(from, byLsn) - 1);
    }

    /** Behind the last segment that may hold a commit of the range. */
    private int behind(SearchRange range, ArchivedPath path, Bisection bisection, int first) {
        int byLsn = range.toLsn()
                .map(to -> path.firstBehind(size.start(size.segmentNumber(to) + 1)))
                .orElse(path.size());
        return range.to().isEmpty()
                ? byLsn
                : Math.min(
                        byLsn,
                        bisection.firstKnownLater(range.to().get().plusSeconds(DISORDER_SECONDS), Math.max(0, first)));
    }

    private boolean isBeforeArchive(SearchRange range, ArchivedPath path, SegmentTimes times) {
        PathSegment first = path.get(0);
        return range.fromLsn()
                        .filter(from -> from.isBefore(first.name().start(size)))
                        .isPresent()
                || range.from()
                        .filter(from ->
                                times.first(first).filter(from::isBefore).isPresent())
                        .isPresent();
    }

    /** Whether there may be more of the range than is archived. */
    private boolean isBeyondArchive(SearchRange range, ArchivedPath path, Optional<Instant> last) {
        if (range.to().isEmpty() && range.toLsn().isEmpty()) {
            return true;
        }
        Lsn end = path.size() == 0 ? Lsn.ZERO : path.get(path.size() - 1).name().end(size);
        return range.to().filter(to -> last.filter(to::isBefore).isEmpty()).isPresent()
                || range.toLsn().filter(to -> !to.isBefore(end)).isPresent();
    }

    private void scan(ArchivedPath path, int from, int behind, TransactionTracker tracker, SearchNotes notes) {
        listener.reading(behind - from);
        WalReader reader = new WalReader(major, size);
        WalRecord record = new WalRecord();
        long expected = -1;
        for (int i = from; i < behind; i++) {
            PathSegment segment = path.get(i);
            if (expected >= 0 && segment.number() != expected) {
                notes.hole(segment.name(), expected);
                tracker.gap();
            }
            expected = segment.number() + 1;
            try {
                reader.open(segment.name(), archive.read(segment.file()));
                while (reader.next(record) && record.start().isBefore(segment.until())) {
                    tracker.read(record);
                }
            } catch (BrokenWalException e) {
                notes.broken(segment.name(), e);
                tracker.gap();
                reader = new WalReader(major, size);
            }
            listener.read();
        }
    }
}
