package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout.CapturedNames;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.catalog.CapturedCatalogs;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.catalog.CatalogReader;
import org.pgpitr.repository.plan.RecoveryFacts;

/**
 * Chooses, of all that was captured with backups and between them, what names the relations of a stretch of WAL: the
 * newest before it, since that holds all there was; then those behind its beginning, since relations came meanwhile; then
 * an older one, for databases that could not be read. A few are enough: what is created in the stretch the WAL names.
 */
final class FittingNames {
    private static final int BEHIND = 2;
    private static final int MOST_ELSEWHERE = 32;
    private static final int AT_A_TIME = 8;
    private static final String READING = "reading names";

    /** Names as of a position, not read yet. */
    private record Source(Lsn lsn, String id, Supplier<Optional<CapturedRelations>> reading) {}

    private final Generation generation;
    private final RecoveryFacts facts;
    private final SearchNotes notes;
    /** By their ids. */
    private final Set<String> asked = new HashSet<>();
    /** By their ids. */
    private final Map<String, Future<Optional<CapturedRelations>>> begun = new HashMap<>();

    private final CapturedCatalogs captured;
    private final Future<List<CapturedNames>> listed;

    /** Begins to list what was captured. */
    FittingNames(Generation generation, RecoveryFacts facts, SearchNotes notes) {
        this.generation = generation;
        this.captured = new CapturedCatalogs(generation);
        this.listed = Threads.begin(READING, captured::list);
        this.facts = facts;
        this.notes = notes;
    }

    /** The most fitting ones for the WAL of a timeline, and those it comes from, between two positions; at most five. */
    List<CapturedRelations> around(TimelineId timeline, Lsn begin, Lsn end) {
        List<Source> sources = sources(timeline);
        List<Source> before = sources.stream()
                .filter(source -> !source.lsn().isAfter(begin))
                .sorted(Comparator.comparing(Source::lsn).reversed())
                .toList();
        List<Source> behind =
                sources.stream().filter(source -> source.lsn().isAfter(begin)).toList();
        List<Source> atTheEnd = behind.stream()
                .skip(BEHIND)
                .filter(source -> source.lsn().isAfter(end))
                .toList();
        begin(before, 2);
        begin(behind, BEHIND);
        begin(atTheEnd, 1);
        List<CapturedRelations> chosen = new ArrayList<>();
        int newest = read(before, 1, chosen);
        int nearest = read(behind, BEHIND, chosen);
        read(before.subList(newest, before.size()), 1, chosen);
        read(
                behind.subList(nearest, behind.size()).stream()
                        .filter(source -> source.lsn().isAfter(end))
                        .toList(),
                1,
                chosen);
        return chosen;
    }

    /**
     * Shows what else was captured on the way of a timeline, the newest first, until it is enough: a relation may have got
     * its name long after, or before. At most {@value #MOST_ELSEWHERE}.
     */
    void elsewhere(TimelineId timeline, Predicate<CapturedRelations> isEnough) {
        List<Source> others = sources(timeline).stream()
                .filter(source -> !asked.contains(source.id()))
                .sorted(Comparator.comparing(Source::lsn).reversed())
                .limit(MOST_ELSEWHERE)
                .toList();
        for (Source source : others) {
            if (read(source).filter(isEnough).isPresent()) {
                return;
            }
        }
    }

    /** Those that will be wanted, if they can be read. */
    private void begin(List<Source> sources, int count) {
        sources.stream()
                .limit(count)
                .filter(source -> !asked.contains(source.id()))
                .forEach(source -> begun.computeIfAbsent(
                        source.id(),
                        id -> Threads.begin(READING, () -> source.reading().get())));
    }

    /** Reads the first so many that can be read; gives how many were tried. */
    private int read(List<Source> sources, int wanted, List<CapturedRelations> chosen) {
        int tried = 0;
        for (int found = 0; tried < sources.size() && found < wanted; tried++) {
            if (tried > found && !begun.containsKey(sources.get(tried).id())) {
                // Where one has none, as backups of old, the next ones may have none either.
                begin(sources.subList(tried, sources.size()), AT_A_TIME);
            }
            Optional<CapturedRelations> relations = read(sources.get(tried));
            relations.ifPresent(chosen::add);
            found += relations.isPresent() ? 1 : 0;
        }
        return tried;
    }

    private Optional<CapturedRelations> read(Source source) {
        asked.add(source.id());
        try {
            Future<Optional<CapturedRelations>> reading = begun.remove(source.id());
            return reading != null
                    ? Threads.result(reading, READING)
                    : source.reading().get();
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
            notes.damagedNames(e);
            return Optional.empty();
        }
    }

    /** In the order of the WAL. */
    private List<Source> sources(TimelineId timeline) {
        List<Source> all = new ArrayList<>();
        for (BackupSummary backup : facts.backups()) {
            if (isOnTheWay(timeline, backup.timeline(), backup.stopLsn())) {
                all.add(new Source(
                        backup.stopLsn(),
                        backup.id().value(),
                        () -> CatalogReader.read(generation, backup.id().value())));
            }
        }
        Threads.result(listed, READING).stream()
                .filter(names -> isOnTheWay(timeline, names.timeline(), names.lsn()))
                .forEach(names -> all.add(new Source(names.lsn(), names.toString(), () -> captured.read(names))));
        all.sort(Comparator.comparing(Source::lsn));
        return all;
    }

    /** On a branch that was left, the same file number may be another relation's. */
    private boolean isOnTheWay(TimelineId to, TimelineId of, Lsn lsn) {
        TimelineHistory history = facts.histories().get(to);
        return history == null
                ? of.equals(to) || !to.equals(TimelineId.FIRST)
                : history.timelineAt(lsn).equals(of);
    }
}
