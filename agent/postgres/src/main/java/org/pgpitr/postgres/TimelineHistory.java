package org.pgpitr.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ancestry of a timeline, as its history file tells it ({@code timeline.c}): from timeline 1, or the oldest one
 * known, up to the timeline itself.
 *
 * @param timeline the timeline whose history this is
 * @param ancestors the timelines before it, oldest first, each with the position where it was left; empty for a
 *     timeline that has no ancestor
 */
public record TimelineHistory(TimelineId timeline, List<Ancestor> ancestors) {
    /**
     * A timeline that was left.
     *
     * @param timeline the timeline
     * @param switchPoint the first position that is no longer on it
     * @param reason PostgreSQL's remark in the file; may be empty
     */
    public record Ancestor(TimelineId timeline, Lsn switchPoint, String reason) {}

    /**
     * One stretch of the path from the first ancestor to the timeline.
     *
     * @param timeline whose WAL it is
     * @param begin its first position
     * @param end the first position behind it; empty on the last timeline, which is still open
     */
    public record Stretch(TimelineId timeline, Lsn begin, Optional<Lsn> end) {
        public boolean contains(Lsn lsn) {
            return !lsn.isBefore(begin) && (end.isEmpty() || lsn.isBefore(end.get()));
        }
    }

    public TimelineHistory {
        ancestors = List.copyOf(ancestors);
        Ancestor previous = null;
        for (Ancestor a : ancestors) {
            if (previous != null && a.timeline().compareTo(previous.timeline()) <= 0) {
                throw new InvalidFormatException("history of timeline " + timeline + ": timeline " + a.timeline()
                        + " stands after timeline " + previous.timeline());
            }
            if (previous != null && a.switchPoint().isBefore(previous.switchPoint())) {
                throw new InvalidFormatException("history of timeline " + timeline + ": switch point " + a.switchPoint()
                        + " stands after " + previous.switchPoint());
            }
            previous = a;
        }
        if (previous != null && previous.timeline().compareTo(timeline) >= 0) {
            throw new InvalidFormatException(
                    "history of timeline " + timeline + " names timeline " + previous.timeline() + " as an ancestor");
        }
    }

    /** The history of a timeline without ancestors, such as timeline 1. */
    public static TimelineHistory root(TimelineId timeline) {
        return new TimelineHistory(timeline, List.of());
    }

    /**
     * Reads a history file: a line an ancestor, {@code <timeline> <switch point> <reason>} parted by white space;
     * empty lines and lines that begin with {@code #} are passed over.
     *
     * @param timeline the timeline in the file's name
     * @throws InvalidFormatException for any other text
     */
    public static TimelineHistory parse(TimelineId timeline, String text) {
        List<Ancestor> ancestors = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String trimmed = line.strip();
            if (trimmed.isEmpty() || trimmed.startsWith("#")) {
                continue;
            }
            String[] fields = trimmed.split("\\s+", 3);
            if (fields.length < 2) {
                throw new InvalidFormatException(
                        "history of timeline " + timeline + ": no switch point in line \"" + trimmed + "\"");
            }
            ancestors.add(new Ancestor(
                    TimelineId.parse(fields[0]), Lsn.parse(fields[1]), fields.length > 2 ? fields[2] : ""));
        }
        return new TimelineHistory(timeline, ancestors);
    }

    /** The path as stretches of WAL, oldest first, this timeline last. */
    public List<Stretch> stretches() {
        List<Stretch> path = new ArrayList<>();
        Lsn begin = Lsn.ZERO;
        for (Ancestor a : ancestors) {
            path.add(new Stretch(a.timeline(), begin, Optional.of(a.switchPoint())));
            begin = a.switchPoint();
        }
        path.add(new Stretch(timeline, begin, Optional.empty()));
        return path;
    }

    /** Which timeline of this history holds the byte at {@code lsn} ({@code tliOfPointInHistory}). */
    public TimelineId timelineAt(Lsn lsn) {
        for (Ancestor a : ancestors) {
            if (lsn.isBefore(a.switchPoint())) {
                return a.timeline();
            }
        }
        return timeline;
    }

    /** Where this history left {@code ancestor}; empty if it never was on it, or still is. */
    public Optional<Lsn> switchPoint(TimelineId ancestor) {
        return ancestors.stream()
                .filter(a -> a.timeline().equals(ancestor))
                .map(Ancestor::switchPoint)
                .findFirst();
    }

    /** Whether a recovery along this history passes through {@code lsn} as written by {@code writer}. */
    public boolean contains(TimelineId writer, Lsn lsn) {
        return timelineAt(lsn).equals(writer);
    }

    /** The file's text, as PostgreSQL writes it; what {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Ancestor a : ancestors) {
            text.append(a.timeline())
                    .append('\t')
                    .append(a.switchPoint())
                    .append('\t')
                    .append(a.reason())
                    .append("\n");
        }
        return text.toString();
    }
}
