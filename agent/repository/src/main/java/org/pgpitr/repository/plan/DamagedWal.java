package org.pgpitr.repository.plan;

import org.pgpitr.postgres.WalFileName;
import org.pgpitr.storage.ObjectKey;

/**
 * WAL that is archived and can't be used.
 *
 * @param file the segment, or its {@code .partial}
 * @param object where it is
 * @param how in words, to stand behind "is of no use: "
 */
public record DamagedWal(WalFileName file, ObjectKey object, String how) {
    /** In a clause. */
    public String what() {
        return "archived WAL file " + file + " is of no use: " + how;
    }
}
