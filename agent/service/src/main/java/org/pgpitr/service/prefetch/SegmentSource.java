package org.pgpitr.service.prefetch;

import java.nio.file.Path;
import java.util.Map;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.archive.ArchiveGet;

/** The WAL of one cluster, for as long as a recovery asks for it. Safe for several threads. */
public interface SegmentSource extends AutoCloseable {
    /** Of the cluster that recovers. */
    WalSegmentSize segmentSize();

    /**
     * Puts a whole segment in place, verified; never a partial one, and never pieces of one, which may have grown before
     * they are handed over.
     *
     * @return false only if every repository says that it has no such segment
     */
    boolean fetch(WalSegmentName name, Path place);

    /**
     * Whether {@code archive-get} with these variables, as of now, would ask the same repositories in the same way.
     *
     * @throws org.pgpitr.error.PgpitrException if it would not come so far
     */
    boolean isOf(Map<String, String> variables);

    /** Whether it would be opened in the same way now: keys and accounts are read when it is. */
    boolean isCurrent();

    /**
     * All that {@code archive-get} does for one request, as of now: nothing that was learned before is used.
     *
     * @param destination as {@code %p} gives it
     * @param place where the file is put instead
     */
    ArchiveGet.Outcome get(WalFileName file, Path destination, Path place);

    @Override
    void close();
}
