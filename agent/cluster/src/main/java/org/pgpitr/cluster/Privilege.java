package org.pgpitr.cluster;

/** What a role that is not a superuser has to be granted; {@code docs/server-role.md} lists it all. */
enum Privilege {
    /** What every role may do. */
    NONE,
    /** To see where the data directory is, and the statistics of other sessions. */
    READ_SETTINGS,
    BACKUP,
    SWITCH_WAL,
    /** To make and drop replication slots, and to stream from them. */
    REPLICATION;

    /** The statements that grant it; empty for {@link #NONE}. */
    String grants(String role, int serverVersionNumber) {
        String to = " TO " + quoted(role);
        return switch (this) {
            case NONE -> "";
            case READ_SETTINGS -> "GRANT pg_monitor" + to;
            case REPLICATION -> "ALTER ROLE " + quoted(role) + " REPLICATION";
            case BACKUP ->
                serverVersionNumber >= 150_000
                        ? "GRANT EXECUTE ON FUNCTION pg_catalog.pg_backup_start(text, boolean), "
                                + "pg_catalog.pg_backup_stop(boolean)" + to
                        : "GRANT EXECUTE ON FUNCTION pg_catalog.pg_start_backup(text, boolean, boolean), "
                                + "pg_catalog.pg_stop_backup(boolean, boolean)" + to;
            case SWITCH_WAL ->
                "GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text), pg_catalog.pg_switch_wal()" + to;
        };
    }

    private static String quoted(String role) {
        return role.matches("[a-z_][a-z0-9_]*") ? role : '"' + role.replace("\"", "\"\"") + '"';
    }
}
