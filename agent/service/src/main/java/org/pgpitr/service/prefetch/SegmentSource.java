package org.pgpitr.service.prefetch;

import java.nio.file.Path;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/** Whole segments of one cluster, for as long as a recovery asks for them. Safe for several threads. */
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

    @Override
    void close();
}
