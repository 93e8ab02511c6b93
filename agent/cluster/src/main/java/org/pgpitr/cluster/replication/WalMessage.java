package org.pgpitr.cluster.replication;

import java.nio.ByteBuffer;
import org.pgpitr.postgres.Lsn;

/** What a server sends while it streams. */
public sealed interface WalMessage {
    /**
     * WAL, just behind the WAL of the message before it.
     *
     * @param start position of the first byte
     * @param serverEnd up to where the server has WAL to send
     * @param bytes at least one; they are the receiver's
     */
    record Data(Lsn start, Lsn serverEnd, ByteBuffer bytes) implements WalMessage {}

    /** The server lives. */
    record KeepAlive(Reply reply) implements WalMessage {}

    /** Whether the server waits for a report. */
    enum Reply {
        WANTED,
        NOT_WANTED
    }
}
