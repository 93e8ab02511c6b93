package org.pgpitr.repository.retention;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.plan.BackupWays;

/** The facts, thought through: which backups can be recovered where, and which timelines are being written. */
final class Cluster {
    /** A timeline of one generation. */
    record Line(GenerationFacts generation, TimelineId timeline) {}

    private final RetentionFacts facts;
    private final Map<Integer, BackupWays> ways = new HashMap<>();
    private final List<KnownBackup> backups = new ArrayList<>();

    Cluster(RetentionFacts facts) {
        this.facts = facts;
        for (GenerationFacts generation : facts.generations()) {
            BackupWays known = new BackupWays(generation.recovery());
            ways.put(generation.generation(), known);
            generation.recovery().backups().forEach(b -> backups.add(KnownBackup.of(generation, known, b)));
        }
        backups.sort(KnownBackup.OLDEST_FIRST);
    }

    Instant now() {
        return facts.now();
    }

    List<GenerationFacts> generations() {
        return facts.generations();
    }

    BackupWays ways(GenerationFacts generation) {
        return ways.get(generation.generation());
    }

    /** Of all generations, oldest first. */
    List<KnownBackup> backups() {
        return backups;
    }

    /** Those that can be recovered, oldest first. */
    List<KnownBackup> recoverable() {
        return backups.stream().filter(KnownBackup::isRecoverable).toList();
    }

    /** The newest backup that can be recovered. */
    Optional<KnownBackup> newest() {
        List<KnownBackup> all = recoverable();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** The timelines of all generations that can be followed. */
    List<Line> lines() {
        return facts.generations().stream()
                .flatMap(g -> ways(g).timelines().stream().map(t -> new Line(g, t)))
                .toList();
    }

    /** Those of which anything was archived at that moment or later. */
    List<Line> linesWrittenSince(Instant since) {
        return lines().stream()
                .filter(line -> line.generation().times().isWrittenSince(line.timeline(), since))
                .toList();
    }

    /** Those of {@code among} that can be recovered along a line, in the same order. */
    static List<KnownBackup> recoverableAlong(Line line, List<KnownBackup> among) {
        return among.stream()
                .filter(b -> b.generation().generation() == line.generation().generation()
                        && b.recoverableOn().contains(line.timeline()))
                .toList();
    }

    /**
     * The backup from which every moment of a line since {@code since} can be recovered that can be at all: the newest
     * that ended by then, else the oldest.
     *
     * @param among oldest first
     */
    static Optional<KnownBackup> base(Line line, List<KnownBackup> among, Instant since) {
        List<KnownBackup> along = recoverableAlong(line, among);
        Optional<KnownBackup> base = along.stream().findFirst();
        for (KnownBackup backup : along) {
            if (!backup.backup().stopped().isAfter(since)) {
                base = Optional.of(backup);
            }
        }
        return base;
    }
}
