package org.pgpitr.repository.window;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.RecoveryWindow;
import org.pgpitr.repository.plan.WalHole;
import org.pgpitr.repository.plan.WindowFacts;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.storage.ObjectKey;

/** What can be told of a generation's window. */
public sealed interface WindowAnswer {
    /** When the repository was read. */
    Instant asOf();

    /**
     * All of it.
     *
     * @param facts that it rests on
     * @param window all moments
     * @param contents what happened in the intervals that were read
     * @param silent why no interval was read, in a sentence; empty if they were
     */
    record Known(
            WindowFacts facts,
            RecoveryWindow window,
            Map<WindowInterval, IntervalContents> contents,
            Optional<String> silent)
            implements WindowAnswer {
        public Known {
            contents = Map.copyOf(contents);
        }

        @Override
        public Instant asOf() {
            return facts.recovery().asOf();
        }

        /** What happened in an interval; empty if it was not read. */
        public Optional<IntervalContents> of(WindowInterval interval) {
            return Optional.ofNullable(contents.get(interval));
        }
    }

    /**
     * What names tell, without the key that opens manifests, histories and WAL: no interval, and no time but those in the
     * backups' identifiers.
     *
     * @param backups when their manifests were stored, by their identifiers, oldest first
     * @param wal the archived segments
     * @param gaps between archived segments of the same timeline
     * @param refused segments that were not archived because their WAL is broken
     * @param reason why there is no key
     */
    record WithoutKey(
            Instant asOf,
            Map<BackupId, Instant> backups,
            ArchivedWal wal,
            List<WalHole> gaps,
            Map<WalSegmentName, ObjectKey> refused,
            PgpitrException reason)
            implements WindowAnswer {}
}
