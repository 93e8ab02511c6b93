package org.pgpitr.repository.archive;

import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;

/**
 * Whether a segment is what its name says, of the cluster it is said to be of. Read from its first page's header; of a
 * major version that is not known here, all but the magic is checked.
 */
public final class SegmentCheck {
    /** What does not fit. */
    public enum Kind {
        /** It is a segment, of another cluster. */
        OTHER_CLUSTER,
        /** It is no segment, or not the one its name says. */
        DAMAGED
    }

    /**
     * A misfit.
     *
     * @param what completes {@code <the segment> …}: {@code is of the cluster with system identifier 1}
     */
    public record Misfit(Kind kind, String what) {}

    private SegmentCheck() {}

    /**
     * Compares a segment, whole or partial, with its name and its cluster.
     *
     * @param name of any file; one that is no segment fits always
     * @param length of the file, in bytes
     * @param beginning at least its first {@link WalSegmentHeader#LENGTH} bytes, or all if there are less
     * @return what does not fit; empty if all does
     */
    public static Optional<Misfit> misfit(WalFileName name, ClusterIdentity cluster, long length, byte[] beginning) {
        return segment(name).flatMap(segment -> misfit(segment, cluster, length, beginning));
    }

    private static Optional<WalSegmentName> segment(WalFileName name) {
        if (name instanceof PartialSegmentName partial) {
            return Optional.of(partial.segment());
        }
        return name instanceof WalSegmentName whole ? Optional.of(whole) : Optional.empty();
    }

    private static Optional<Misfit> misfit(
            WalSegmentName name, ClusterIdentity cluster, long length, byte[] beginning) {
        if (length != cluster.segmentSize().bytes()) {
            return damaged("has " + length + " bytes, and the segments of this cluster have "
                    + cluster.segmentSize().bytes());
        }
        WalSegmentHeader header;
        try {
            header = WalSegmentHeader.parse(beginning);
        } catch (InvalidFormatException e) {
            return damaged("does not begin as a WAL segment: " + e.getMessage());
        }
        return header.systemIdentifier().equals(cluster.systemIdentifier())
                ? ofSameCluster(name, cluster, header)
                : otherCluster("is of the cluster with system identifier " + header.systemIdentifier()
                        + ", and this is " + cluster.systemIdentifier());
    }

    private static Optional<Misfit> ofSameCluster(
            WalSegmentName name, ClusterIdentity cluster, WalSegmentHeader header) {
        if (!header.segmentSize().equals(cluster.segmentSize())) {
            return otherCluster("is of a cluster with segments of " + header.segmentSize() + ", and this one has "
                    + cluster.segmentSize());
        }
        // A magic that is not known here is right for a major that is not known here, and for no other.
        Optional<PostgresMajor> expected = Optional.of(cluster.major()).filter(PostgresMajor::isKnown);
        if (!header.major().equals(expected)) {
            return otherCluster("is of "
                    + header.major().map(m -> "PostgreSQL " + m).orElse("an unknown version of PostgreSQL")
                    + " (magic %04X), and this cluster is of PostgreSQL ".formatted(header.magic()) + cluster.major());
        }
        Lsn start = name.start(cluster.segmentSize());
        if (!name.fits(cluster.segmentSize()) || !header.pageAddress().equals(start)) {
            return damaged("begins at " + header.pageAddress() + ", which is not where its name says");
        }
        // The first segments of a timeline begin with pages copied from the one before it (XLogInitNewTimeline in
        // xlog.c), which keep that timeline's number.
        if (header.timeline().compareTo(name.timeline()) > 0) {
            return damaged(
                    "was written on timeline " + header.timeline() + ", and its name says timeline " + name.timeline());
        }
        return Optional.empty();
    }

    private static Optional<Misfit> damaged(String what) {
        return Optional.of(new Misfit(Kind.DAMAGED, what));
    }

    private static Optional<Misfit> otherCluster(String what) {
        return Optional.of(new Misfit(Kind.OTHER_CLUSTER, what));
    }
}
