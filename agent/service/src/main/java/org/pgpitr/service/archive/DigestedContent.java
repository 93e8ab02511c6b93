package org.pgpitr.service.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.Optional;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.storage.Content;

/** Takes the digest of what it gives out, to its end also where the reader stops before. Is opened once. */
final class DigestedContent implements Content {
    private final Content content;
    private volatile String sha256;

    DigestedContent(Content content) {
        this.content = content;
    }

    @Override
    public long length() {
        return content.length();
    }

    @Override
    public InputStream open() throws IOException {
        DigestInputStream digested = new DigestInputStream(content.open(), Sha256.begin());
        return new FilterInputStream(digested) {
            @Override
            public void close() throws IOException {
                try (digested) {
                    digested.transferTo(OutputStream.nullOutputStream());
                    sha256 = Sha256.end(digested.getMessageDigest());
                }
            }
        };
    }

    /** Empty if it was not read to its end. */
    Optional<String> sha256() {
        return Optional.ofNullable(sha256);
    }
}
