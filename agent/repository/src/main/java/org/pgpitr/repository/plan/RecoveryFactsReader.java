package org.pgpitr.repository.plan;

import java.time.Clock;
import org.pgpitr.repository.Generation;

/** Reads from a repository what a plan rests on: the backups' headers, the history files, the names of the WAL. */
public final class RecoveryFactsReader {
    private RecoveryFactsReader() {}

    /**
     * Lists backups and WAL of a generation, once each.
     *
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY: history files and manifests are encrypted with the rest
     */
    public static RecoveryFacts read(Generation generation, Clock clock) {
        throw new UnsupportedOperationException();
    }
}
