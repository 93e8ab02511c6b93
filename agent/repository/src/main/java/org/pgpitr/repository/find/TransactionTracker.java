package org.pgpitr.repository.find;

import java.util.Optional;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.wal.BlockReference;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.DatabaseChange;
import org.pgpitr.postgres.wal.DatabaseRecord;
import org.pgpitr.postgres.wal.RelationChange;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.RunningTransactions;
import org.pgpitr.postgres.wal.StorageRecord;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.postgres.wal.WalRecord;

/** Adds up what each transaction does, record by record, and tells of it when it commits. */
final class TransactionTracker {
    private static final int XLOG_FPI = 0xB0;

    /** Hears of commits and restore points, in the order of the WAL. */
    interface Listener {
        void committed(TransactionRecord end, FoundEvent.Commit commit);

        void named(FoundEvent.Named restorePoint);
    }

    private final PostgresMajor major;
    private final Names names;
    private final CatalogRecords catalogs;
    private final CommitReading reading;
    private final Listener listener;
    private final RunningChanges running = new RunningChanges();
    private RelationLocator lastRelation = new RelationLocator(0, 0, 0);

    TransactionTracker(PostgresMajor major, Names names, Listener listener) {
        this.major = major;
        this.names = names;
        this.catalogs = new CatalogRecords(major, names);
        this.reading = new CommitReading(names);
        this.listener = listener;
    }

    /** Whether the WAL has said which transactions it does not tell whole. */
    boolean knowsBeginning() {
        return running.knowsBeginning();
    }

    /** WAL is missing before the next record. */
    void gap() {
        running.gap();
    }

    void read(WalRecord record) {
        switch (record.resourceManager()) {
            case RmgrId.HEAP, RmgrId.HEAP2 -> heap(record);
            case RmgrId.TRANSACTION -> TransactionRecord.of(record, major).ifPresent(end -> ended(record, end));
            case RmgrId.STORAGE -> StorageRecord.of(record).ifPresent(storage -> stored(record, storage));
            case RmgrId.DATABASE -> DatabaseRecord.of(record, major).ifPresent(database -> stored(record, database));
            case RmgrId.STANDBY -> RunningTransactions.of(record).ifPresent(running::running);
            case RmgrId.XLOG -> control(record);
            default -> {
                // Indexes, and what is no transaction's
            }
        }
    }

    private void heap(WalRecord record) {
        if (record.blockCount() == 0) {
            return;
        }
        BlockReference block = record.block(0);
        long catalog = names.catalog(block.database(), block.relation());
        if (catalog != 0) {
            if (record.resourceManager() == RmgrId.HEAP) {
                catalogs.read(record, block, catalog, running.of(record.xid()));
            }
            return;
        }
        RowChange change = RowChange.of(record);
        if (change == RowChange.NONE || record.xid() == 0) {
            return;
        }
        Changes.Rows rows = running.of(record.xid()).rows(relation(block));
        switch (change) {
            case INSERT -> rows.inserted += RowChange.rows(record);
            case UPDATE -> rows.updated++;
            case DELETE -> rows.deleted++;
            case NONE -> throw new IllegalStateException("counted as a change");
        }
    }

    /** Most records are about the relation of the one before. */
    private RelationLocator relation(BlockReference block) {
        if (lastRelation.relation() != block.relation()
                || lastRelation.database() != block.database()
                || lastRelation.tablespace() != block.tablespace()) {
            lastRelation = new RelationLocator(block.tablespace(), block.database(), block.relation());
        }
        return lastRelation;
    }

    private void stored(WalRecord record, RelationChange storage) {
        if (storage.kind() == RelationChange.Kind.CREATED) {
            running.of(record.xid()).create(storage.relation());
        }
    }

    private void stored(WalRecord record, DatabaseChange database) {
        Changes changes = running.of(record.xid());
        if (database.kind() == DatabaseChange.Kind.DROPPED) {
            changes.removeDatabase(database.database());
        } else {
            changes.createDatabase(database.database());
        }
    }

    private void control(WalRecord record) {
        if ((record.info() & 0xF0) == XLOG_FPI) {
            pages(record, running.of(record.xid()));
            return;
        }
        Optional<ControlRecord> control = ControlRecord.of(record);
        if (control.isEmpty()) {
            return;
        }
        if (control.get() instanceof ControlRecord.Named named) {
            listener.named(new FoundEvent.Named(named.restorePoint(), record.start()));
        } else if (control.get() instanceof ControlRecord.EndOfRecovery) {
            running.restarted();
        } else if (control.get() instanceof ControlRecord.Checkpoint checkpoint
                && checkpoint.manner() == ControlRecord.Manner.SHUTDOWN) {
            running.restarted();
            long next = checkpoint.nextXid() & 0xFFFF_FFFFL;
            running.running(new RunningTransactions(next, running.hasPrepared() ? next - (1L << 31) + 1 : next));
        }
    }

    /** Of an unlogged index older servers log the first pages of its initialization fork, and not that it comes. */
    private void pages(WalRecord record, Changes changes) {
        for (int i = 0; i < record.blockCount(); i++) {
            BlockReference block = record.block(i);
            if (block.fork() == BlockReference.INIT_FORK) {
                changes.create(relation(block));
            } else if (block.fork() == BlockReference.MAIN_FORK
                    && !changes.created().isEmpty()
                    && changes.created().contains(relation(block))) {
                changes.fill(relation(block));
            }
        }
    }

    private void ended(WalRecord record, TransactionRecord end) {
        switch (end.kind()) {
            case PREPARE -> running.prepare(end.xid());
            case ABORT, ABORT_PREPARED -> running.end(end);
            case COMMIT, COMMIT_PREPARED -> {
                Changes changes = running.end(end);
                listener.committed(end, reading.read(end, changes, record.start(), record.end()));
            }
        }
    }
}
