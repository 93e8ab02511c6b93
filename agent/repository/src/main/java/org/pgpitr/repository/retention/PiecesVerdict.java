package org.pgpitr.repository.retention;

import java.util.List;

/**
 * Whether the pieces of a segment stay.
 *
 * @param pieces which
 * @param fate whether they stay, and why not
 * @param reasons why they stay; empty if they go
 */
public record PiecesVerdict(SegmentPieces pieces, Fate fate, List<Reason> reasons) {
    /** What becomes of pieces. */
    public enum Fate {
        STAYS(""),
        /** The segment itself is archived, so they are of no use. */
        ARCHIVED_WHOLE("the segment is archived whole"),
        /** Nothing that stays needs the segment. */
        NOT_NEEDED("nothing needs it: its timeline was left, or WAL so old is not kept");

        private final String text;

        Fate(String text) {
            this.text = text;
        }

        /** Why they go, for people, to stand after a colon; empty if they stay. */
        public String text() {
            return text;
        }
    }

    public PiecesVerdict {
        reasons = List.copyOf(reasons);
    }

    public boolean stays() {
        return fate == Fate.STAYS;
    }
}
