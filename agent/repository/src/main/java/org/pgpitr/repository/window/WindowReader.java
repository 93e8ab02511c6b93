package org.pgpitr.repository.window;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.index.RolledUp;
import org.pgpitr.repository.index.WalIndex;
import org.pgpitr.repository.plan.FoundDamage;
import org.pgpitr.repository.plan.RecoveryWindow;
import org.pgpitr.repository.plan.UnusableWalException;
import org.pgpitr.repository.plan.WalHoles;
import org.pgpitr.repository.plan.WindowFacts;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.plan.WindowPlanner;

/**
 * Tells a generation's window. WAL that turns out to be of no use while it is read counts as missing, so that what is told
 * holds for all that was read.
 */
public final class WindowReader {
    /** How much of each interval is read. */
    public enum Depth {
        /** All: commits and restore points. Where roll-ups are, of a million segments some hundred objects. */
        CONTENTS,
        /** Of the newest timeline that can be followed, the last moment alone. */
        LAST_MOMENT
    }

    private static final int AT_A_TIME = 64;
    /** The roll-ups of ten years, and what is not rolled up at their ends, are some hundred objects. */
    private static final int INDEX_AT_A_TIME = 192;

    private final Generation generation;
    private final Clock clock;
    private final FoundDamage damage;
    private final LongConsumer progress;

    /**
     * @param damage what is not to be used
     * @param progress hears how many segments were gone through
     */
    public WindowReader(Generation generation, Clock clock, FoundDamage damage, LongConsumer progress) {
        this.generation = generation;
        this.clock = clock;
        this.damage = damage;
        this.progress = progress;
    }

    /**
     * What can be told.
     *
     * @throws PgpitrException CORRUPT if something is damaged whose place in the window is not known
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public WindowAnswer read(Depth depth) {
        Instant asOf = clock.instant();
        WindowFactsReader reader = new WindowFactsReader(generation, AT_A_TIME);
        try {
            generation.codec().requireReadable();
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.NO_KEY) {
                throw e;
            }
            return withoutKey(reader, asOf, new BackupCatalog(generation).list(), e);
        }
        BackupCatalog.Listing backups = new BackupCatalog(generation).list();
        Optional<PgpitrException> wrongKey = backups.unreadable().stream()
                .map(BackupCatalog.Unreadable::reason)
                .filter(reason -> reason.exitCode() == ExitCode.NO_KEY)
                .findFirst();
        if (backups.backups().isEmpty() && wrongKey.isPresent()) {
            return withoutKey(reader, asOf, backups, wrongKey.get());
        }
        return known(reader.read(backups, asOf).without(damage), reader.rolledUp(), depth);
    }

    private WindowAnswer withoutKey(
            WindowFactsReader reader, Instant asOf, BackupCatalog.Listing backups, PgpitrException reason) {
        ArchivedWal wal = reader.wal();
        Map<BackupId, Instant> stored = new LinkedHashMap<>();
        backups.unreadable().forEach(backup -> stored.put(backup.id(), backup.finished()));
        return new WindowAnswer.WithoutKey(
                asOf,
                stored,
                wal,
                WalHoles.between(wal, generation.identity().segmentSize()),
                reader.refused(),
                reason);
    }

    private WindowAnswer known(WindowFacts facts, RolledUp rolledUp, Depth depth) {
        PostgresMajor major = generation.identity().major();
        if (!major.isKnown()) {
            return new WindowAnswer.Known(
                    facts,
                    WindowPlanner.window(facts),
                    Map.of(),
                    Optional.of(
                            "The WAL of PostgreSQL " + major + " can't be read by this version of pgpitr: what is in"
                                    + " it, and whether it is sound, is not told."));
        }
        WindowFacts usable = facts;
        Map<WindowInterval, IntervalContents> contents = new HashMap<>();
        while (true) {
            RecoveryWindow window = WindowPlanner.window(usable);
            try (WalIndex index = new WalIndex(generation, usable.recovery().wal(), rolledUp, INDEX_AT_A_TIME)) {
                read(window, depth, index, contents);
                return new WindowAnswer.Known(usable, window, contents, Optional.empty());
            } catch (UnusableWalException e) {
                usable = usable.without(e.segment(), e.wal());
            }
        }
    }

    private void read(
            RecoveryWindow window, Depth depth, WalIndex index, Map<WindowInterval, IntervalContents> contents) {
        List<WindowInterval> wanted = switch (depth) {
            case CONTENTS ->
                window.timelines().stream()
                        .flatMap(timeline -> timeline.intervals().stream())
                        .toList();
            case LAST_MOMENT ->
                window.latest()
                        .map(timeline -> List.of(
                                timeline.intervals().get(timeline.intervals().size() - 1)))
                        .orElse(List.of());
        };
        for (WindowInterval interval : wanted) {
            if (!contents.containsKey(interval)) {
                IntervalReader reader = new IntervalReader(generation, index, interval, progress);
                contents.put(interval, depth == Depth.CONTENTS ? reader.all() : reader.lastMoment());
            }
        }
        contents.keySet().retainAll(wanted);
    }
}
