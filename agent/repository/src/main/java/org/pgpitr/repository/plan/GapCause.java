package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.storage.ObjectKey;

/** Why moments can't be recovered. */
public sealed interface GapCause {
    /** A stable name, for programs. */
    String kind();

    /** In a clause, without a full stop. */
    String what();

    /** What would mend it, in a clause without a full stop. */
    String mend();

    /**
     * Segments that are not in the archive.
     *
     * @param first the first of them
     * @param last the last of them; on another timeline than {@code first} if the path changes within the hole
     * @param count how many
     */
    record MissingSegments(WalSegmentName first, WalSegmentName last, long count) implements GapCause {
        @Override
        public String kind() {
            return "missing_segments";
        }

        @Override
        public String what() {
            return count == 1
                    ? "WAL segment " + first + " is not in the archive"
                    : "WAL segments " + first + " to " + last + " (" + count + ") are not in the archive";
        }

        @Override
        public String mend() {
            return "if `pg_wal` of the server or of a standby, or another archive, still has "
                    + (count == 1 ? "it" : "them") + ", archive " + (count == 1 ? "it" : "them")
                    + " with `pgpitr archive-push`";
        }
    }

    /**
     * A segment that was offered and refused, because its WAL is broken.
     *
     * @param segment the segment
     * @param evidence where it is kept
     */
    record BrokenWal(WalSegmentName segment, ObjectKey evidence) implements GapCause {
        @Override
        public String kind() {
            return "broken_wal";
        }

        @Override
        public String what() {
            return "WAL segment " + segment + " was refused because its WAL is broken; it is kept as " + evidence;
        }

        @Override
        public String mend() {
            return "a standby that streamed it, or another archive, may have it unbroken: archive that file with"
                    + " `pgpitr archive-push`";
        }
    }

    /**
     * WAL that is archived and can't be used.
     *
     * @param segment the segment it would be
     * @param wal what is wrong with it
     */
    record UnusableWal(WalSegmentName segment, DamagedWal wal) implements GapCause {
        @Override
        public String kind() {
            return "damaged_wal";
        }

        @Override
        public String what() {
            return wal.what();
        }

        @Override
        public String mend() {
            return "if another copy of the repository or of the segment is sound, delete object " + wal.object()
                    + " and archive that copy with `pgpitr archive-push`";
        }
    }

    /**
     * WAL of a timeline that nothing leads onto.
     *
     * @param timeline the timeline
     * @param damaged why its history file can't be read; empty if it is not in the archive
     */
    record MissingHistory(TimelineId timeline, Optional<String> damaged) implements GapCause {
        @Override
        public String kind() {
            return damaged.isPresent() ? "damaged_history" : "missing_history";
        }

        @Override
        public String what() {
            return damaged.map(how -> "the history of timeline " + timeline + " can't be read: " + how)
                    .orElseGet(() -> "the history of timeline " + timeline + ", " + timeline.hex()
                            + ".history, is not in the archive");
        }

        @Override
        public String mend() {
            return (damaged.isPresent() ? "delete the damaged object, and archive " : "archive ") + timeline.hex()
                    + ".history with `pgpitr archive-push`: it is in `pg_wal` of every server of that timeline";
        }
    }

    /** The segments from one number to another one along a path. */
    static GapCause missing(WalPath path, long first, long last) {
        return new MissingSegments(path.name(first), path.name(last), last - first + 1);
    }

    /** What stands there instead, if anything is known of it. */
    static Optional<GapCause> known(WindowFacts facts, WalSegmentName segment) {
        return Optional.ofNullable(facts.recovery().damage().wal().get(segment))
                .<GapCause>map(damaged -> new UnusableWal(segment, damaged))
                .or(() -> Optional.ofNullable(facts.refused().get(segment))
                        .map(evidence -> new BrokenWal(segment, evidence)));
    }
}
