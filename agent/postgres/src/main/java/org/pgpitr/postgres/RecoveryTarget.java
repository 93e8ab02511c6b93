package org.pgpitr.postgres;

import java.time.Instant;

/**
 * Where a recovery ends (the {@code recovery_target*} settings). Each kind knows its setting, so a target can be put
 * into a configuration as it is.
 */
public sealed interface RecoveryTarget {
    /** Whether what the target names is replayed itself ({@code recovery_target_inclusive}). */
    enum Bound {
        INCLUSIVE,
        EXCLUSIVE
    }

    /** To the end of the archived WAL: no setting. */
    record EndOfWal() implements RecoveryTarget {
        @Override
        public String toString() {
            return "the end of the archived WAL";
        }
    }

    /** As soon as the backup is consistent: {@code recovery_target = 'immediate'}. */
    record Immediate() implements RecoveryTarget {
        @Override
        public String toString() {
            return "the end of the backup";
        }
    }

    /** To a commit time: {@code recovery_target_time}. */
    record Time(Instant time, Bound bound) implements RecoveryTarget {
        @Override
        public String toString() {
            return (bound == Bound.EXCLUSIVE ? "just before " : "") + "time " + time;
        }
    }

    /**
     * To the end of a transaction: {@code recovery_target_xid}.
     *
     * @param xid with its epoch (as {@code pg_current_xact_id()} gives it) or without (32 bits); PostgreSQL compares
     *     the lower 32 bits
     */
    record Xid(long xid, Bound bound) implements RecoveryTarget {
        @Override
        public String toString() {
            return (bound == Bound.EXCLUSIVE ? "just before " : "") + "transaction " + Long.toUnsignedString(xid);
        }
    }

    /** To a position in the WAL: {@code recovery_target_lsn}. */
    record AtLsn(Lsn lsn, Bound bound) implements RecoveryTarget {
        @Override
        public String toString() {
            return (bound == Bound.EXCLUSIVE ? "just before " : "") + "LSN " + lsn;
        }
    }

    /** To a restore point that {@code pg_create_restore_point()} made: {@code recovery_target_name}. */
    record Name(String restorePoint) implements RecoveryTarget {
        public Name {
            if (restorePoint.isEmpty() || restorePoint.length() > RestorePoint.MAX_NAME_LENGTH) {
                throw new InvalidFormatException("not the name of a restore point (1 to " + RestorePoint.MAX_NAME_LENGTH
                        + " characters): \"" + restorePoint + "\"");
            }
        }

        @Override
        public String toString() {
            return "restore point \"" + restorePoint + "\"";
        }
    }
}
