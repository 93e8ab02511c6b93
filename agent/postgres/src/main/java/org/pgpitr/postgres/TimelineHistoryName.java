package org.pgpitr.postgres;

import java.util.Optional;

/**
 * The name of a timeline's history file: {@code <timeline>.history}. Timeline 1 has none.
 *
 * @param timeline the timeline whose ancestry the file tells
 */
public record TimelineHistoryName(TimelineId timeline) implements WalFileName {
    static final String SUFFIX = ".history";

    /** Reads {@code <8 hexadecimal digits>.history}; empty for any other text. */
    public static Optional<TimelineHistoryName> tryParse(String name) {
        if (name.length() != 8 + SUFFIX.length() || !name.endsWith(SUFFIX) || !Hex.isUpper(name, 0, 8)) {
            return Optional.empty();
        }
        long timeline = Hex.parse(name, 0, 8);
        return timeline == 0 ? Optional.empty() : Optional.of(new TimelineHistoryName(new TimelineId(timeline)));
    }

    @Override
    public String toString() {
        return timeline.hex() + SUFFIX;
    }
}
