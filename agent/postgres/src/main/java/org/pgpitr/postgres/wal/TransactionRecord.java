package org.pgpitr.postgres.wal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.PostgresMajor;

/**
 * How a transaction ended, or was prepared ({@code xl_xact_commit}, {@code xl_xact_abort} and {@code xl_xact_prepare}
 * in {@code src/include/access/xact.h}; read as {@code xactdesc.c} does).
 *
 * @param kind what happened
 * @param xid the top-level transaction that ended, 32 bits; for a prepared one its own, not that of the command
 * @param time when, by the server's clock
 * @param subtransactions the committed (or aborted) subtransactions
 * @param dropped the relations whose files go with it
 * @param preparedAs the global identifier of a prepared transaction; empty for others, and where the record omits it
 */
public record TransactionRecord(
        Kind kind,
        long xid,
        Instant time,
        List<Long> subtransactions,
        List<RelationLocator> dropped,
        Optional<String> preparedAs) {
    /** What a transaction record says. */
    public enum Kind {
        COMMIT,
        PREPARE,
        ABORT,
        COMMIT_PREPARED,
        ABORT_PREPARED;

        /** Whether the transaction's changes are visible from here on. */
        public boolean isCommit() {
            return this == COMMIT || this == COMMIT_PREPARED;
        }

        public boolean isAbort() {
            return this == ABORT || this == ABORT_PREPARED;
        }
    }

    private static final int HAS_INFO = 0x80;
    private static final int INFO_DATABASE = 1;
    private static final int INFO_SUBTRANSACTIONS = 1 << 1;
    private static final int INFO_RELATIONS = 1 << 2;
    private static final int INFO_INVALIDATIONS = 1 << 3;
    private static final int INFO_TWO_PHASE = 1 << 4;
    private static final int INFO_GID = 1 << 7;
    private static final int INFO_DROPPED_STATISTICS = 1 << 8;
    private static final int INVALIDATION_LENGTH = 16;

    /** What kind a record of the transaction manager is; empty for assignments, invalidations and unknown ones. */
    public static Optional<Kind> kind(WalRecord record) {
        return switch (record.info() & 0x70) {
            case 0x00 -> Optional.of(Kind.COMMIT);
            case 0x10 -> Optional.of(Kind.PREPARE);
            case 0x20 -> Optional.of(Kind.ABORT);
            case 0x30 -> Optional.of(Kind.COMMIT_PREPARED);
            case 0x40 -> Optional.of(Kind.ABORT_PREPARED);
            default -> Optional.empty();
        };
    }

    /**
     * Reads a record of {@link RmgrId#TRANSACTION}.
     *
     * @return empty for assignments, invalidations and unknown ones
     * @throws BrokenWalException if its data does not fit its kind
     */
    public static Optional<TransactionRecord> of(WalRecord record, PostgresMajor major) {
        return kind(record).map(kind -> kind == Kind.PREPARE ? prepare(record) : end(record, kind, major));
    }

    /**
     * The transaction's end and where it is.
     *
     * @param record this was read from
     * @return empty if it was prepared only
     */
    public Optional<TransactionEnd> at(WalRecord record) {
        return kind == Kind.PREPARE
                ? Optional.empty()
                : Optional.of(new TransactionEnd(
                        kind.isCommit() ? TransactionEnd.Outcome.COMMITTED : TransactionEnd.Outcome.ABORTED,
                        xid,
                        time,
                        record.start(),
                        record.end()));
    }

    private static TransactionRecord end(WalRecord record, Kind kind, PostgresMajor major) {
        RecordData data = new RecordData(record);
        Instant time = Timestamps.instant(data.int64());
        long info = (record.info() & HAS_INFO) != 0 ? data.uint32() : 0;
        if ((info & INFO_DATABASE) != 0) {
            data.skip(8);
        }
        List<Long> subtransactions = (info & INFO_SUBTRANSACTIONS) != 0 ? xids(data, data.count(4)) : List.of();
        List<RelationLocator> dropped = (info & INFO_RELATIONS) != 0 ? relations(data, data.count(12)) : List.of();
        if ((info & INFO_DROPPED_STATISTICS) != 0) {
            int length = major.isAtLeast(18) ? 16 : 12;
            data.skip(length * data.count(length));
        }
        if (kind.isCommit() && (info & INFO_INVALIDATIONS) != 0) {
            data.skip(INVALIDATION_LENGTH * data.count(INVALIDATION_LENGTH));
        }
        long xid = record.xid();
        Optional<String> gid = Optional.empty();
        if ((info & INFO_TWO_PHASE) != 0) {
            xid = data.uint32();
            gid = (info & INFO_GID) != 0 ? Optional.of(data.text()) : gid;
        }
        return new TransactionRecord(kind, xid, time, subtransactions, dropped, gid);
    }

    /** {@code TwoPhaseFileHeader} in {@code twophase.c}; the lists of it are read with the commit. */
    private static TransactionRecord prepare(WalRecord record) {
        RecordData data = new RecordData(record);
        data.skip(8); // magic and length of the state
        long xid = data.uint32();
        data.skip(4); // database
        Instant time = Timestamps.instant(data.int64());
        return new TransactionRecord(Kind.PREPARE, xid, time, List.of(), List.of(), Optional.empty());
    }

    private static List<Long> xids(RecordData data, int count) {
        List<Long> xids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            xids.add(data.uint32());
        }
        return List.copyOf(xids);
    }

    private static List<RelationLocator> relations(RecordData data, int count) {
        List<RelationLocator> relations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            relations.add(data.relation());
        }
        return List.copyOf(relations);
    }
}
