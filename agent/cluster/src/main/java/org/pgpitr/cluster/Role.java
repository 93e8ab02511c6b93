package org.pgpitr.cluster;

/** What a server is right now. */
public enum Role {
    /** It writes WAL. */
    PRIMARY,
    /** It is in recovery: a standby, or one that still replays its archive. */
    STANDBY
}
