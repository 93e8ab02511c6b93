package org.pgpitr.repository.codec;

import java.io.IOException;
import java.io.InputStream;

/**
 * A file on its way out of the repository.
 *
 * @param tag what the object tells of it
 * @param content its bytes; reading to the end verifies size and digest, and throws PgpitrException CORRUPT instead of
 *     ending where they differ
 */
public record DecodedFile(FileTag tag, InputStream content) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        content.close();
    }
}
