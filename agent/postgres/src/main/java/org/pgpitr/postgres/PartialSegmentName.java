package org.pgpitr.postgres;

import java.util.Optional;

/**
 * The last, incomplete segment of a timeline that a promotion ended: {@code <segment>.partial}. The file has a
 * segment's full size; what lies behind the switch point is not WAL of that timeline.
 *
 * @param segment the segment it is a part of
 */
public record PartialSegmentName(WalSegmentName segment) implements WalFileName {
    static final String SUFFIX = ".partial";

    /** Reads {@code <24 hexadecimal digits>.partial}; empty for any other text. */
    public static Optional<PartialSegmentName> tryParse(String name) {
        return name.endsWith(SUFFIX)
                ? WalSegmentName.tryParse(name.substring(0, name.length() - SUFFIX.length()))
                        .map(PartialSegmentName::new)
                : Optional.empty();
    }

    @Override
    public TimelineId timeline() {
        return segment.timeline();
    }

    @Override
    public String toString() {
        return segment + SUFFIX;
    }
}
