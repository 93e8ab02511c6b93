package org.pgpitr.repository.find;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.wal.BlockReference;
import org.pgpitr.postgres.wal.HeapRow;
import org.pgpitr.postgres.wal.PageImages;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.codec.ZstdPages;

/**
 * Reads what records do to the catalogs that tell of relations and databases: {@code pg_class}, {@code pg_namespace},
 * {@code pg_index}, {@code pg_database}. Their first columns are the same in 13 to 18, unless said here.
 */
final class CatalogRecords {
    private static final int PG_DATABASE = 1262;
    private static final int PG_CLASS = 1259;
    private static final int PG_INDEX = 2610;
    private static final int PG_NAMESPACE = 2615;

    private static final String TRANSIENT = "pg_temp_[0-9]{1,10}";
    private static final int INVALID_DATABASE = -2;

    /** Where {@code relkind} stands: a column came before it in 18. */
    private final int kindOffset;
    /** Where {@code datconnlimit} stands: columns before it changed in 15 and 17. */
    private final int connectionLimitOffset;

    private final PageImages images;
    private final Names names;

    /** Where a row of {@code pg_database} was last marked as invalid, by block and number. */
    private final Map<Long, Lsn> invalidated = new HashMap<>();

    CatalogRecords(PostgresMajor major, Names names) {
        this.images = new PageImages(major, ZstdPages::decompress);
        this.names = names;
        this.kindOffset = major.isAtLeast(18) ? 119 : 115;
        this.connectionLimitOffset = major.isAtLeast(15) ? 80 : 208;
    }

    /**
     * Reads a heap record of a catalog.
     *
     * @param catalog its OID
     * @param changes of the transaction
     */
    void read(WalRecord record, BlockReference block, long catalog, Changes changes) {
        if (catalog == PG_CLASS) {
            RowChange change = RowChange.of(record);
            if (change == RowChange.DELETE) {
                changes.relationsDeleted++;
                changes.step(StorageStep.deleted(record.start()));
            }
            Optional<HeapRow> written = HeapRow.written(record, images);
            written.ifPresent(row -> relation(row, block.database(), change, changes));
            step(record, change, written, changes);
            HeapRow.onPage(record, block, images).forEach(row -> known(row, block.database()));
        } else if (catalog == PG_NAMESPACE) {
            HeapRow.written(record, images)
                    .filter(row -> row.length() >= 68)
                    .ifPresent(row -> names.learnSchema(block.database(), row.oid(0), row.name(4)));
        } else if (catalog == PG_INDEX) {
            HeapRow.written(record, images)
                    .filter(row -> row.length() >= 8)
                    .ifPresent(row -> names.learnOwner(block.database(), row.oid(0), row.oid(4)));
        } else if (catalog == PG_DATABASE) {
            database(record, block, changes);
        }
    }

    private static void step(WalRecord record, RowChange change, Optional<HeapRow> written, Changes changes) {
        if (change == RowChange.INSERT) {
            written.flatMap(row -> StorageStep.written(record.start(), StorageStep.Kind.INSERTED, 0, row))
                    .ifPresent(changes::step);
        } else if (change == RowChange.UPDATE) {
            written.flatMap(row -> StorageStep.written(record.start(), StorageStep.Kind.UPDATED, 0, row))
                    .or(() -> HeapRow.difference(record)
                            .flatMap(part -> StorageStep.written(
                                    record.start(), StorageStep.Kind.UPDATED, part.from(), part.rest())))
                    .ifPresent(changes::step);
        }
    }

    private void relation(HeapRow row, long database, RowChange change, Changes changes) {
        if (row.length() <= kindOffset) {
            return;
        }
        long oid = row.oid(0);
        long file = row.oid(88);
        String name = row.name(4);
        if (name.matches(TRANSIENT)) {
            // make_new_heap(): what is to take the place of the table whose OID is in the name
            if (change == RowChange.INSERT) {
                changes.rewrite(Names.key(database, Long.parseLong(name.substring("pg_temp_".length()))), file);
            }
            return;
        }
        if (file != 0) {
            names.learn(database, file, oid, row.character(kindOffset), row.oid(68), name);
            changes.move(Names.key(database, oid), file);
        }
    }

    private void known(HeapRow row, long database) {
        if (row.length() > kindOffset && row.oid(88) != 0 && !row.name(4).matches(TRANSIENT)) {
            names.learnIfUnknown(
                    database, row.oid(88), row.oid(0), row.character(kindOffset), row.oid(68), row.name(4));
        }
    }

    private void database(WalRecord record, BlockReference block, Changes changes) {
        Long place = block.block() << 16 | HeapRow.number(record);
        Optional<HeapRow> row = HeapRow.written(record, images);
        if (HeapRow.isInPlace(record)) {
            // dropdb() marks it so before all else, and no abort undoes that; others only advance datfrozenxid here
            boolean invalid = row.filter(written -> written.length() >= connectionLimitOffset + 4)
                    .filter(written -> written.number(connectionLimitOffset) == INVALID_DATABASE)
                    .isPresent();
            if (invalid) {
                invalidated.putIfAbsent(place, record.start());
            } else {
                invalidated.remove(place);
            }
            return;
        }
        row.filter(written -> written.length() >= 68)
                .ifPresent(written -> names.learnDatabase(written.oid(0), written.name(4)));
        if (RowChange.of(record) == RowChange.DELETE && changes.databaseRowDeleted.isEmpty()) {
            Lsn marked = invalidated.remove(place);
            changes.databaseRowDeleted = Optional.of(marked == null ? record.start() : marked);
        }
    }
}
