package org.pgpitr.repository.find;

/** How many rows of a relation were changed, and how. */
public record RowCounts(long inserted, long updated, long deleted) {
    public static final RowCounts NONE = new RowCounts(0, 0, 0);

    public RowCounts and(RowCounts other) {
        return new RowCounts(inserted + other.inserted, updated + other.updated, deleted + other.deleted);
    }

    public boolean isNone() {
        return inserted == 0 && updated == 0 && deleted == 0;
    }
}
