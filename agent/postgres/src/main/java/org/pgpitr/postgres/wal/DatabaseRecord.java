package org.pgpitr.postgres.wal;

import java.util.Optional;
import org.pgpitr.postgres.PostgresMajor;

/** Records of {@link RmgrId#DATABASE} ({@code src/include/commands/dbcommands_xlog.h}; renumbered in 15). */
public final class DatabaseRecord {
    private DatabaseRecord() {}

    /**
     * What it does, when it is replayed and not when its transaction commits; empty for kinds that are not known. A
     * database that moves to another tablespace is "dropped" from the old one too.
     */
    public static Optional<DatabaseChange> of(WalRecord record, PostgresMajor major) {
        return kind(record.info() & 0xF0, major)
                .map(kind -> new DatabaseChange(
                        kind, new RecordData(record).uint32(), record.xid(), record.start(), Optional.empty()));
    }

    private static Optional<DatabaseChange.Kind> kind(int operation, PostgresMajor major) {
        if (operation == 0x00) {
            return Optional.of(DatabaseChange.Kind.CREATED_FILE_COPY);
        }
        if (operation == 0x10) {
            return Optional.of(major.isAtLeast(15) ? DatabaseChange.Kind.CREATED_WAL_LOG : DatabaseChange.Kind.DROPPED);
        }
        return operation == 0x20 && major.isAtLeast(15) ? Optional.of(DatabaseChange.Kind.DROPPED) : Optional.empty();
    }
}
