package org.pgpitr.postgres.wal;

import java.util.Optional;

/** Records of {@link RmgrId#STORAGE} ({@code src/include/catalog/storage_xlog.h}). */
public final class StorageRecord {
    private static final int CREATE = 0x10;
    private static final int TRUNCATE = 0x20;
    /** {@code SMGR_TRUNCATE_HEAP}. */
    private static final long CUTS_MAIN_FORK = 0x0001;

    private StorageRecord() {}

    /**
     * What it does to a relation: a main fork that comes or is cut, or the initialization fork that comes of an unlogged
     * relation, whose main fork is not logged. Empty for other forks, and for kinds that are not known.
     */
    public static Optional<RelationChange> of(WalRecord record) {
        RecordData data = new RecordData(record);
        return switch (record.info() & 0xF0) {
            case CREATE -> {
                RelationLocator relation = data.relation();
                long fork = data.uint32();
                yield fork == BlockReference.MAIN_FORK || fork == BlockReference.INIT_FORK
                        ? Optional.of(change(record, RelationChange.Kind.CREATED, relation, 0))
                        : Optional.empty();
            }
            case TRUNCATE -> {
                long blocks = data.uint32();
                RelationLocator relation = data.relation();
                yield (data.uint32() & CUTS_MAIN_FORK) != 0
                        ? Optional.of(change(record, RelationChange.Kind.TRUNCATED, relation, blocks))
                        : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    private static RelationChange change(
            WalRecord record, RelationChange.Kind kind, RelationLocator relation, long blocks) {
        return new RelationChange(kind, relation, record.xid(), blocks, record.start(), Optional.empty());
    }
}
