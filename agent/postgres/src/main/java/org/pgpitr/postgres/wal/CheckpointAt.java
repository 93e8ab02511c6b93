package org.pgpitr.postgres.wal;

import org.pgpitr.postgres.Lsn;

/**
 * A checkpoint's place.
 *
 * @param lsn the start of its record
 * @param redo where replay from it begins
 * @param nextXid the next transaction at its redo position, with its epoch
 */
public record CheckpointAt(Lsn lsn, Lsn redo, long nextXid) {}
