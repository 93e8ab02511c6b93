package org.pgpitr.repository.codec;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A file on its way out of the repository.
 *
 * @param tag what the object tells of it
 * @param annex what stands beside it in the object; empty if there is nothing
 * @param content its bytes; reading to the end verifies size and digest, and throws PgpitrException CORRUPT instead of
 *     ending where they differ
 */
public record DecodedFile(FileTag tag, Optional<byte[]> annex, InputStream content) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        content.close();
    }
}
