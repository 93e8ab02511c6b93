package org.pgpitr.repository.index;

/** How many segments a roll-up tells of. Its entries are those of the level below; a group begins at a multiple. */
enum Level {
    GROUP(256, 1),
    BLOCK(65_536, 256);

    private final int segments;
    private final int step;

    Level(int segments, int step) {
        this.segments = segments;
        this.step = step;
    }

    int segments() {
        return segments;
    }

    /** How many segments one of its entries tells of. */
    int step() {
        return step;
    }

    int entries() {
        return segments / step;
    }

    /** The first segment of the group that holds this one. */
    long first(long segment) {
        return segment - segment % segments;
    }

    /** The first segment of the first group that begins at a segment or behind it. */
    long firstWhole(long segment) {
        return first(segment + segments - 1);
    }
}
