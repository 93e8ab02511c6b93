package org.pgpitr.postgres.wal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * Counts rows by transaction and relation: an open hash table, as there is a call for nearly every record. When it is
 * full, it forgets those that are few; a big change comes back and is counted on, short by as many rows at most.
 */
final class RowCounter {
    private static final int MOST_SLOTS = 1 << 16;
    private static final int FIRST_SLOTS = 1 << 10;

    /** Transaction and file number; 0 marks a free slot, since a changed relation has a file number. */
    private long[] keys = new long[FIRST_SLOTS];

    /** Tablespace and database. */
    private long[] places = new long[FIRST_SLOTS];

    private int[] counts = new int[3 * FIRST_SLOTS];
    private long[] lsns = new long[2 * FIRST_SLOTS];
    private int used;

    private int lastSlot;

    /** @return the rows of this transaction in this relation before this call */
    long add(long xid, BlockReference block, RowChange change, int rows, long lsn) {
        long key = xid << 32 | block.relation;
        long place = block.tablespace << 32 | block.database;
        int slot = lastSlot;
        if (keys[slot] != key || places[slot] != place) {
            slot = slot(key, place);
            if (keys[slot] == 0) {
                if (2 * (used + 1) > keys.length) {
                    makeRoom();
                    slot = slot(key, place);
                }
                used++;
                keys[slot] = key;
                places[slot] = place;
                lsns[2 * slot] = lsn;
            }
            lastSlot = slot;
        }
        long before = (long) counts[3 * slot] + counts[3 * slot + 1] + counts[3 * slot + 2];
        counts[3 * slot + change.ordinal()] += rows;
        lsns[2 * slot + 1] = lsn;
        return before;
    }

    private int slot(long key, long place) {
        long hash = (key * 31 + place) * 0x9E37_79B9_7F4A_7C15L;
        int slot = (int) (hash >>> 40) & keys.length - 1;
        while (keys[slot] != 0 && (keys[slot] != key || places[slot] != place)) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    private void makeRoom() {
        boolean forget = keys.length == MOST_SLOTS;
        long[] oldKeys = keys;
        long[] oldPlaces = places;
        int[] oldCounts = counts;
        long[] oldLsns = lsns;
        int slots = forget ? MOST_SLOTS : 2 * oldKeys.length;
        keys = new long[slots];
        places = new long[slots];
        counts = new int[3 * slots];
        lsns = new long[2 * slots];
        used = 0;
        lastSlot = 0;
        for (int old = 0; old < oldKeys.length; old++) {
            long rows = (long) oldCounts[3 * old] + oldCounts[3 * old + 1] + oldCounts[3 * old + 2];
            // Half the table at most may stay, however many there are.
            if (oldKeys[old] == 0 || (forget && (rows < WalFacts.MANY_ROWS || used >= MOST_SLOTS / 4))) {
                continue;
            }
            int slot = slot(oldKeys[old], oldPlaces[old]);
            keys[slot] = oldKeys[old];
            places[slot] = oldPlaces[old];
            System.arraycopy(oldCounts, 3 * old, counts, 3 * slot, 3);
            System.arraycopy(oldLsns, 2 * old, lsns, 2 * slot, 2);
            used++;
        }
    }

    /** Those of at least {@link WalFacts#MANY_ROWS} rows, in the order of their first records. */
    List<RowChanges> many(Map<Long, TransactionEnd> ends) {
        List<RowChanges> many = new ArrayList<>();
        for (int slot = 0; slot < keys.length; slot++) {
            long inserted = counts[3 * slot];
            long updated = counts[3 * slot + 1];
            long deleted = counts[3 * slot + 2];
            if (keys[slot] != 0 && inserted + updated + deleted >= WalFacts.MANY_ROWS) {
                long xid = keys[slot] >>> 32;
                RelationLocator relation = new RelationLocator(
                        places[slot] >>> 32, places[slot] & 0xFFFF_FFFFL, keys[slot] & 0xFFFF_FFFFL);
                many.add(new RowChanges(
                        xid,
                        relation,
                        inserted,
                        updated,
                        deleted,
                        new Lsn(lsns[2 * slot]),
                        new Lsn(lsns[2 * slot + 1]),
                        Optional.ofNullable(ends.get(xid))));
            }
        }
        many.sort(Comparator.comparing(RowChanges::first));
        return many;
    }
}
