package org.pgpitr.postgres;

/** What {@code pg_control} says of the cluster's life ({@code DBState} in {@code src/include/catalog/pg_control.h}). */
public enum ClusterState {
    STARTUP("starting up"),
    SHUT_DOWN("shut down"),
    SHUT_DOWN_IN_RECOVERY("shut down in recovery"),
    SHUTTING_DOWN("shutting down"),
    IN_CRASH_RECOVERY("in crash recovery"),
    IN_ARCHIVE_RECOVERY("in archive recovery"),
    IN_PRODUCTION("in production");

    private final String text;

    ClusterState(String text) {
        this.text = text;
    }

    /** As {@code pg_controldata} prints it. */
    @Override
    public String toString() {
        return text;
    }
}
