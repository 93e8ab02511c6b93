package org.pgpitr.repository.codec;

import java.util.Optional;
import org.pgpitr.storage.Content;

/** An object as it will be stored. A big one is kept in a temporary file, which {@link #close} deletes. */
public final class Encoded implements AutoCloseable {
    private final Spill spill;
    private final Content content;
    private final FileTag tag;

    Encoded(Spill spill, FileTag tag) {
        this.spill = spill;
        this.content = spill.content();
        this.tag = tag;
    }

    /** The stored bytes; readable until {@link #close}. */
    public Content content() {
        return content;
    }

    /** What the object tells of the file it holds; empty if it is not of that kind. */
    public Optional<FileTag> tag() {
        return Optional.ofNullable(tag);
    }

    @Override
    public void close() {
        spill.discard();
    }
}
