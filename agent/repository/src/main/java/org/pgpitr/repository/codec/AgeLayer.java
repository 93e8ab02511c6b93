package org.pgpitr.repository.codec;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.ObjectKey;

/** Encrypts to a host's recipients and decrypts with its identities. Safe for several threads. */
final class AgeLayer {
    private final Keys keys;

    AgeLayer(Keys keys) {
        this.keys = keys;
    }

    boolean encrypts() {
        return keys.encrypts();
    }

    /** @throws PgpitrException NO_KEY if no identity is configured */
    void requireIdentity() {
        identities();
    }

    private List<AgeIdentity> identities() {
        List<AgeIdentity> identities = keys.identities().load();
        if (identities.isEmpty()) {
            throw new PgpitrException(
                    ExitCode.NO_KEY,
                    "the repository is encrypted and no identity is configured",
                    "set `identity_file` in [encryption] to the file that holds the private key");
        }
        return identities;
    }

    /** As {@link AgeFile#writeTo}, to all recipients, with the digest first if there is one. */
    OutputStream writeTo(OutputStream sink, Optional<DigestStanza> digest) throws IOException {
        List<RecipientStanzaWriter> writers = new ArrayList<>();
        digest.ifPresent(writers::add);
        for (AgeRecipient recipient : keys.recipients()) {
            try {
                writers.add(X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient.value()));
            } catch (GeneralSecurityException e) {
                throw new PgpitrException(ExitCode.USAGE, "can't encrypt to recipient " + recipient, null, e);
            }
        }
        return AgeFile.writeTo(sink, writers);
    }

    /**
     * As {@link AgeFile#readFrom}.
     *
     * @throws PgpitrException NO_KEY, CORRUPT
     */
    InputStream readFrom(ObjectKey key, SourceStream source) throws IOException {
        try {
            return AgeFile.readFrom(source, readers());
        } catch (AgeFile.NotOpenedException e) {
            if (e.reason() == AgeFile.NotOpenedException.Reason.DAMAGED) {
                throw Corrupt.object(key, "its age header was changed or cut off", e);
            }
            throw new PgpitrException(
                    ExitCode.NO_KEY,
                    "no configured identity decrypts object " + key,
                    "set `identity_file` in [encryption] to the identity of one of the recipients it was written for",
                    e);
        }
    }

    private List<RecipientStanzaReader> readers() {
        List<RecipientStanzaReader> readers = new ArrayList<>();
        for (AgeIdentity identity : identities()) {
            try {
                readers.add(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(identity.secret()));
            } catch (GeneralSecurityException e) {
                throw new PgpitrException(ExitCode.NO_KEY, "can't use the " + identity, null, e);
            }
        }
        return readers;
    }
}
