package org.pgpitr.service.stream;

import org.pgpitr.postgres.Lsn;

/** Hears of the few things that a receiver does not do all the time. Called from its thread. */
public interface StreamListener {
    /** The slot was not there and has been made, as the user wants it; the server keeps WAL from there on. */
    void slotCreated(String slot, Lsn from);

    /** It receives from now on. */
    void streaming(StreamPosition from);

    /** The server went on with another timeline. */
    void switched(StreamPosition to);

    /**
     * The stream broke off; mostly it is tried again.
     *
     * @param failure mostly a {@link org.pgpitr.error.PgpitrException} or {@link
     *     org.pgpitr.storage.StorageException}, otherwise a defect
     */
    void failed(RuntimeException failure);
}
