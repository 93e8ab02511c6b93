package org.pgpitr.service.verify;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestReader;

/** Deals manifests out lane by lane, so that never more than the workers' lanes are in memory. For one thread. */
final class LanePieces implements AutoCloseable {
    /**
     * A lane with what must be in it.
     *
     * @param control of its backup; empty if it can't be read, which its own lane's verification finds
     */
    record Lane(SurveyedBackup backup, LaneTotals totals, List<ExpectedEntry> entries, Optional<ControlFile> control) {
        String state() {
            return LanePieces.state(backup, totals);
        }
    }

    private final Generation generation;
    private final Iterator<SurveyedBackup> backups;
    private final Predicate<String> wanted;
    private SurveyedBackup backup;
    private ManifestReader manifest;
    private Optional<ControlFile> control = Optional.empty();
    private int next;
    private ManifestEntry ahead;

    /** @param wanted tells by its state whether a lane is to be verified */
    LanePieces(Generation generation, List<SurveyedBackup> backups, Predicate<String> wanted) {
        this.generation = generation;
        this.wanted = wanted;
        this.backups = backups.stream()
                .filter(b -> b.lanes().stream().anyMatch(lane -> wanted.test(state(b, lane))))
                .iterator();
    }

    /** What tells a lane from all other pieces of work. */
    static String name(SurveyedBackup backup, LaneTotals lane) {
        return "backup/" + backup.summary().id() + "/" + lane.lane();
    }

    /** The name with what is in it. */
    static String state(SurveyedBackup backup, LaneTotals lane) {
        return name(backup, lane) + " " + lane.objects() + " " + lane.storedBytes();
    }

    /** The next lane to be verified; empty behind the last one. */
    Optional<Lane> next() {
        while (true) {
            try {
                if (manifest == null && !open()) {
                    return Optional.empty();
                }
                while (next < backup.lanes().size()) {
                    LaneTotals totals = backup.lanes().get(next++);
                    List<ExpectedEntry> entries = entries(totals, wanted.test(state(backup, totals)));
                    if (entries != null) {
                        return Optional.of(new Lane(backup, totals, entries, control));
                    }
                }
            } catch (PgpitrException e) {
                // deleted since its manifest was read; anything else would have been found then
                if (e.exitCode() != ExitCode.USAGE) {
                    throw e;
                }
            }
            close();
        }
    }

    private boolean open() {
        if (!backups.hasNext()) {
            return false;
        }
        backup = backups.next();
        next = 0;
        manifest = ManifestReader.open(generation, backup.summary().id());
        control = ControlFileReader.read(generation, backup, Runnable::run);
        ahead = manifest.next().orElse(null);
        return true;
    }

    /** A lane's entries; null if the lane is passed over. */
    private List<ExpectedEntry> entries(LaneTotals totals, boolean isWanted) {
        List<ExpectedEntry> entries = isWanted ? new ArrayList<>() : null;
        while (ahead != null && ahead.position().orElseThrow().lane() == totals.lane()) {
            if (isWanted) {
                entries.add(ExpectedEntry.of(ahead));
            }
            ahead = manifest.next().orElse(null);
        }
        return entries;
    }

    @Override
    public void close() {
        if (manifest != null) {
            manifest.close();
            manifest = null;
        }
    }
}
