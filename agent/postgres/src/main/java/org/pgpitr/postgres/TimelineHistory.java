package org.pgpitr.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The ancestry of a timeline, as its history file tells it ({@code src/backend/access/transam/timeline.c}): from
 * timeline 1, or the oldest one known, up to the timeline itself.
 *
 * <p>Switch points need not ascend: a recovery that was asked for timeline 2 but ended before timeline 2 began makes
 * PostgreSQL write {@code 1 0/1000000} and then {@code 2 0/B5A850} into the file of timeline 3. Such a timeline 3
 * follows timeline 1 up to 0/B5A850 and was never on timeline 2; {@link #stretches} says so.
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

    /**
     * The path as stretches of WAL, oldest first, this timeline last, each beginning where the one before it ends. An
     * ancestor that the path was never on has none.
     */
    public List<Stretch> stretches() {
        Deque<Stretch> path = new ArrayDeque<>();
        Lsn begin = ancestors.isEmpty()
                ? Lsn.ZERO
                : ancestors.get(ancestors.size() - 1).switchPoint();
        path.addFirst(new Stretch(timeline, begin, Optional.empty()));
        for (int i = ancestors.size() - 1; i >= 0; i--) {
            Lsn end = begin;
            Lsn left = i == 0 ? Lsn.ZERO : ancestors.get(i - 1).switchPoint();
            if (left.isBefore(end)) {
                begin = left;
                path.addFirst(new Stretch(ancestors.get(i).timeline(), begin, Optional.of(end)));
            }
        }
        return List.copyOf(path);
    }

    /** Which timeline of this history holds the byte at {@code lsn} ({@code tliOfPointInHistory}). */
    public TimelineId timelineAt(Lsn lsn) {
        return stretches().stream()
                .filter(s -> s.contains(lsn))
                .findFirst()
                .map(Stretch::timeline)
                .orElse(timeline);
    }

    /** Where this history left {@code ancestor}; empty if it never was on it, or still is. */
    public Optional<Lsn> switchPoint(TimelineId ancestor) {
        return stretches().stream()
                .filter(s -> s.timeline().equals(ancestor))
                .findFirst()
                .flatMap(Stretch::end);
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
