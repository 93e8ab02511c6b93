package org.pgpitr.repository.codec;

import org.pgpitr.storage.Content;

/**
 * An object as it will be stored. Big ones are kept in a temporary file, which {@link #close} deletes.
 */
public final class Encoded implements AutoCloseable {
    private final Content content;
    private final Runnable cleanUp;

    Encoded(Content content, Runnable cleanUp) {
        this.content = content;
        this.cleanUp = cleanUp;
    }

    /** The stored bytes; readable until {@link #close}. */
    public Content content() {
        return content;
    }

    @Override
    public void close() {
        cleanUp.run();
    }
}
