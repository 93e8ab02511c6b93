package org.pgpitr.repository.archive;

import java.nio.file.Path;
import java.util.Map;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.Content;

/** The WAL of one generation. Safe for several threads. */
public final class WalArchive {
    /** What {@link #push} found. */
    public enum Pushed {
        /** It was not there; it is durable now. */
        STORED,
        /** The same content was there already. */
        ALREADY_THERE
    }

    private final Generation generation;

    public WalArchive(Generation generation) {
        this.generation = generation;
    }

    public Generation generation() {
        return generation;
    }

    /**
     * Archives a file, once. When this returns, the file is durable.
     *
     * @throws org.pgpitr.error.PgpitrException WAL_CONFLICT if another content is archived under that name; CORRUPT if
     *     what is archived can't be told
     */
    public Pushed push(WalFileName name, Content file) {
        throw new UnsupportedOperationException();
    }

    /**
     * Puts an archived file in place: verified, flushed, renamed. Replaces a file that is there. For a segment of
     * which only the partial one is archived, delivers that.
     *
     * @return false only if the store says that there is no such file
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     */
    public boolean fetch(WalFileName name, Path destination) {
        throw new UnsupportedOperationException();
    }

    /** Whether exactly that file is archived; a partial segment does not count for a whole one. */
    public boolean contains(WalFileName name) {
        throw new UnsupportedOperationException();
    }

    /** All archived histories by timeline; timeline 1 has none. Needs a key in an encrypted generation. */
    public Map<TimelineId, TimelineHistory> histories() {
        throw new UnsupportedOperationException();
    }

    /** All archived segments. */
    public ArchivedWal scan() {
        throw new UnsupportedOperationException();
    }

    /** The archived segments of one timeline, from {@code from} on. */
    public ArchivedWal scan(WalSegmentName from) {
        throw new UnsupportedOperationException();
    }
}
