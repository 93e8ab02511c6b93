package org.pgpitr.repository.codec;

import java.util.Optional;
import org.pgpitr.storage.Content;

/** An object as it will be stored. A big one is kept in a temporary file until {@link #close}. */
public final class Encoded implements AutoCloseable {
    private final Content content;
    private final FileTag tag;
    private final Runnable discard;

    Encoded(Spill spill, FileTag tag) {
        this(spill.content(), tag, spill::discard);
    }

    Encoded(Content content, FileTag tag, Runnable discard) {
        this.content = content;
        this.tag = tag;
        this.discard = discard;
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
        discard.run();
    }
}
